"""Tells which of the frameworks' own wheel indexes answer from here: asked at most once a day, within 2 s."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import msgspec

from drivetrain.errors import DrivetrainError
from drivetrain.model.build import Framework
from drivetrain.model.machine import Index

PATIENCE_SECONDS = 2.0
REMEMBERED_SECONDS = 24 * 3600.0


class Answer(msgspec.Struct, frozen=True):
    """Whether a place answered, and when it was asked."""

    answered: bool
    at: float


def answering(frameworks: tuple[Framework, ...], cache: Path, *, offline: bool) -> tuple[Index, ...]:
    """Gives the places that answered."""
    own = (*(each.wheel_index[1].split("{")[0] for each in frameworks if each.wheel_index), *(each.page.url for each in frameworks if each.page))
    places = tuple(dict.fromkeys(own))
    remembered = _remembered(cache)
    now = time.time()
    known = {place: remembered[place] for place in places if place in remembered and 0 <= now - remembered[place].at < REMEMBERED_SECONDS}
    missing = [place for place in places if place not in known]
    if missing and not offline:
        asked = {place: Answer(answered, now) for place, answered in _asked(missing).items()}
        known |= asked
        _remember(cache, remembered | asked)
    return tuple(Index(kind="index", name=place.rstrip("/"), reachable=True, origin="answered") for place in places if place in known and known[place].answered)


def _asked(places: list[str]) -> dict[str, bool]:
    answers = dict.fromkeys(places, False)

    def ask(place: str) -> None:
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
