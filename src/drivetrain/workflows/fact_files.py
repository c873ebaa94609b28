"""Tells of the files of facts that drivetrain brings along: how many rows, how many sources, how old."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from drivetrain.catalogue import DATA
from drivetrain.model.listing import FactFile, Overlay
from drivetrain.words import say
from drivetrain.workflows.cache import overlay_path

_DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d")


def fact_files() -> tuple[FactFile, ...]:
    """Gives every file of facts; the day of each is that on which it was made."""
    from drivetrain.frameworks import FOLDERS, frameworks

    titles = {each.name: each.title for each in frameworks()}
    paths = [*sorted(DATA.glob("*.json")), *(path for folder in FOLDERS for path in sorted((Path(DATA).parents[1] / "frameworks" / folder).glob("*.json")))]
    made = made_days()
    return tuple(_told(path, made, titles) for path in paths if path.name not in ("made.json", "sources.json"))


def made_days() -> dict[str, str]:
    """Gives the day on which each file was made, as the tools that make them note it."""
    try:
        return msgspec.json.decode((DATA / "made.json").read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


def name_of(path: Path) -> str:
    """Gives the name that a file has in this list: "gpus.json", "torch/builds.json"."""
    return path.name if path.parent == DATA or path.parent.name == "data" else f"{path.parent.name}/{path.name}"


def overlay_of(cache: Path) -> Overlay | None:
    """Gives what a refresh left in the cache; None where there is nothing, or nothing that can be read."""
    import time

    from drivetrain.catalogue import read_snapshot
    from drivetrain.errors import CatalogueError
    from drivetrain.workflows.facts import counts

    path = overlay_path(cache)
    try:
        held = read_snapshot(path)
        days = max(0.0, (time.time() - path.stat().st_mtime) / 86400)
        return Overlay(path=str(path), as_of=held.as_of, days=round(days, 2), used=counts(path), places=held.places)
    except (OSError, CatalogueError):
        return None


def _told(path: Path, made: dict[str, str], titles: dict[str, str]) -> FactFile:
    name = name_of(path)
    document: Any = msgspec.json.decode(path.read_bytes())
    rows = (
        document
        if isinstance(document, list)
        else document["rows"]
        if "rows" in document
        else [each for value in document.values() if isinstance(value, list) for each in value if value]
    )
    sources = set(document["sources"]) if isinstance(document, dict) and isinstance(document.get("sources"), list) else _sources(document)
    day = document.get("as_of", "") if isinstance(document, dict) else ""
    known = day or made.get(name, "") or max(_DAY.findall(path.read_text(encoding="utf-8")), default="")
    count = len(document["distributions"]) if isinstance(document, dict) and "distributions" in document else len(rows)
    return FactFile(name=name, what=_what(name, titles), rows=count, sources=len(sources), newest=known)


def _sources(value: Any) -> set[str]:
    """Gives every source that is named anywhere below."""
    if isinstance(value, list):
        return {each for item in value for each in _sources(item)}
    if isinstance(value, dict):
        own = {each for each in value.get("sources", ()) if isinstance(each, str)}
        return own | {each for key, item in value.items() if key != "sources" for each in _sources(item)}
    return set()


def _what(name: str, titles: dict[str, str]) -> str:
    folder, _, file = name.rpartition("/")
    title = titles.get(folder, folder)
    texts = {
        "snapshot.json": say("releases and requirements"),
        "gpus.json": say("GPUs, compute capabilities"),
        "drivers.json": say("which driver serves which CUDA"),
        "device_code.json": say("device code in libraries"),
        "breaks.json": say("breaks behind metadata"),
        "conda.json": say("conda packages for wheels"),
        "conda_builds.json": say("conda-forge's builds"),
        "elsewhere.json": say("versions outside the index"),
        "builds.json": say("builds of {title}", title=title),
        "pairs.json": say("companions of {title}", title=title),
        "other_accelerators.json": say("{title}, other accelerators", title=title),
        "page_wheels.json": say("wheels of release pages"),
        "source_builds.json": say("sources that may be built"),
        "companions.json": say("companions of frameworks"),
    }
    return texts.get(file) or (say("facts of {title}", title=title) if title else say("further facts"))
