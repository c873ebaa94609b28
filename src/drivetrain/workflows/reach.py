"""Tells which of the frameworks' own wheel indexes answer from here, and whether conda-forge does: asked at most once a day, within 2 s."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import msgspec

from drivetrain.errors import DrivetrainError
from drivetrain.model.build import Framework
from drivetrain.model.machine import Index

CONDA_FORGE = "https://conda.anaconda.org/conda-forge"
"""Where conda looks for the channel without other configuration (conda's documentation, `channel_alias`)."""
PATIENCE_SECONDS = 2.0
REMEMBERED_SECONDS = 24 * 3600.0


class Answer(msgspec.Struct, frozen=True):
    """Whether a place answered, and when it was asked."""

    answered: bool
    at: float


def answering(frameworks: tuple[Framework, ...], cache: Path, *, offline: bool, channel: str = CONDA_FORGE) -> tuple[Index, ...]:
    """Gives the places that answered; `channel` is where conda-forge is had from."""
    own = (*(each.wheel_index[1].split("{")[0] for each in frameworks if each.wheel_index), *(each.page.url for each in frameworks if each.page))
    places = tuple(dict.fromkeys((*own, channel)))
    remembered = _remembered(cache)
    now = time.time()
    known = {place: remembered[place] for place in places if place in remembered and 0 <= now - remembered[place].at < REMEMBERED_SECONDS}
    missing = [place for place in places if place not in known]
    if missing and not offline:
        asked = {place: Answer(answered, now) for place, answered in _asked(missing, channel).items()}
        known |= asked
        _remember(cache, remembered | asked)
    there = (place for place in places if place in known and known[place].answered)
    return tuple(Index(kind="conda" if place == channel else "index", name=place.rstrip("/"), reachable=True, origin="answered") for place in there)


def channel_of(indexes: tuple[Index, ...]) -> str:
    """Gives where this machine has conda-forge from: a mirror that conda's configuration names, else conda's own default."""
    mirrors = (each.name for each in indexes if each.kind == "conda" and each.name.rstrip("/").endswith("/conda-forge"))
    return next(mirrors, CONDA_FORGE)


def _asked(places: list[str], channel: str) -> dict[str, bool]:
    answers = dict.fromkeys(places, False)

    def ask(place: str) -> None:
        if place == channel:
            # A channel's own lists are hundreds of megabytes, and its address alone is none of its documents: any answer of the server will do.
            from drivetrain.probe.reachability import reachable

            answers[place] = bool(reachable((Index(kind="conda", name=place),), PATIENCE_SECONDS / 2)[0].reachable)
            return
        from drivetrain.catalogue.refresh.client import Client

        try:
            answers[place] = Client(timeout_seconds=PATIENCE_SECONDS, attempts=1).document(place).status < 400
        except (DrivetrainError, OSError, ValueError):
            answers[place] = False

    threads = [threading.Thread(target=ask, args=(place,), daemon=True) for place in places]
    end = time.monotonic() + PATIENCE_SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return dict(answers)


def _remembered(cache: Path) -> dict[str, Answer]:
    try:
        return msgspec.json.decode((cache / "reach.json").read_bytes(), type=dict[str, Answer])
    except (OSError, msgspec.DecodeError):
        return {}


def _remember(cache: Path, answers: dict[str, Answer]) -> None:
    from drivetrain.workflows.files import write_bytes

    try:
        cache.mkdir(parents=True, exist_ok=True)
        write_bytes(cache / "reach.json", msgspec.json.encode(answers))
    except (OSError, DrivetrainError):
        # A cache that cannot be written costs the next plan 2 s, and nothing else.
        return
