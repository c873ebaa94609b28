"""Writes what uv is asked to resolve: the plan's pins, the request's other requirements, and the constraints that bind this target."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from drivetrain.catalogue.source_builds import SourceBuild, source_build
from drivetrain.formats.requirements import requirement_text, wish_of
from drivetrain.formats.toml_tree import Table
from drivetrain.install.settings import EngineSettings
from drivetrain.install.toml_text import dumped
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Package, Plan
from drivetrain.model.request import Request, Wish

PROJECT = "drivetrain-request"
"""Name of the project whose dependencies the pins are, where some come from an index of their own; uv's explanations may name it."""


class Inputs(Struct, frozen=True, kw_only=True):
    """Files for `uv pip compile`, and what they mean."""

    arguments: tuple[str | Path, ...]
    built: tuple[str, ...]
    """Names that may be built while planning: direct references, VCS and local paths."""
    source_builds: tuple[SourceBuild, ...]
    """Releases of the plan that exist as source alone: uv may take them, and builds them when they are installed."""
    nameless: Path | None
    """A file of those whose names only uv can tell."""
    places: tuple[tuple[str, str], ...]
    """(distribution, index) where the plan says which index it comes from."""


def written(plan: Plan, request: Request, machine: Machine, settings: EngineSettings, folder: Path) -> Inputs:
    """Writes the input files into the folder."""
    places = tuple((each.name, place) for each in plan.packages if (place := _place(each, plan, settings)))
    known = {each.text: each for each in request.wishes}
    # As typed; the request has them with what was beside them in their file (editable).
    wishes = [known.get(text) or wish_of(text) for text in plan.requirements]
    # What is asked for by an address has its version from there.
    direct = {each.name for each in wishes if each.url}
    pins = [_pin(each) for each in plan.packages if each.name not in direct]
    others, nameless = [_line(each) for each in wishes], [_line(each) for each in wishes if each.url and not each.name]
    constraints = [_line(each) for each in request.constraints if not each.is_component] + ([] if machine.described else list(machine.constraints))
    arguments: list[str | Path] = [_pins_file(pins, places, folder)]
    if others:
        arguments.append(_file(folder / "others.in", others))
    if constraints:
        arguments += ["--constraints", _file(folder / "constraints.in", dict.fromkeys(constraints))]
    built = tuple(each.name for each in wishes if each.url and each.name)
    return Inputs(
        arguments=tuple(arguments),
        built=built,
        source_builds=tuple(found for each in plan.packages if (found := source_build(each.name, each.version))),
        nameless=_file(folder / "nameless.in", nameless) if nameless else None,
        places=places,
    )


def _pin(package: Package) -> str:
    extras = f"[{','.join(package.extras)}]" if package.extras else ""
    # With "==", PEP 440 takes "2.13.0+cpu" of a find-links folder for "2.13.0", and uv prefers it; "===" is the one file that was planned.
    local = f"+{package.local}" if package.local and "+" not in package.version else ""
    return f"{package.name}{extras}==={package.version}{local}"


def _place(package: Package, plan: Plan, settings: EngineSettings) -> str | None:
    template = settings.places.get(package.source)
    if template is None or "{build}" not in template:
        return template
    builds = [package.build, *(each.build for each in plan.packages if each.source == package.source)]
    build = next((each for each in builds if each), None)
    return None if build is None else template.replace("{build}", build)


def _pins_file(pins: list[str], places: tuple[tuple[str, str], ...], folder: Path) -> Path:
    if not places:
        return _file(folder / "pins.in", pins)
    names = {url: f"place-{number}" for number, url in enumerate(dict.fromkeys(url for _, url in places))}
    table: Table = {
        "project": {"name": PROJECT, "version": "0", "dependencies": pins},
        "tool": {
            "uv": {
                "sources": {name: {"index": names[url]} for name, url in places},
                "index": [{"name": label, "url": url, "explicit": True, **_format(url)} for url, label in names.items()],
            }
        },
    }
    return _file(folder / "pyproject.toml", [dumped(table)])


def _format(url: str) -> Table:
    """A page of links to wheels, not an index with a page per project; source: https://docs.astral.sh/uv/concepts/indexes/#flat-indexes."""
    return {"format": "flat"} if url.endswith(".html") else {}


def _line(wish: Wish) -> str:
    if not wish.url or re.match(r"[\w+.-]{2,}:", wish.url):
        text = requirement_text(wish)
    else:
        # uv would read a relative path from the folder of our input file.
        place = str(Path(wish.url).expanduser().absolute())
        extras = f"[{','.join(wish.extras)}]" if wish.extras else ""
        text = f"{place}{extras}{f' ; {wish.marker}' if wish.marker else ''}"
    return f"-e {text}" if wish.editable else text


def _file(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
