"""What the file of a requirement ties it to: a framework's own index with one build in its address, a package index, or the address of one wheel."""

from __future__ import annotations

import re

from msgspec import Struct, structs

from drivetrain.catalogue import Catalogue, LocalWheel
from drivetrain.catalogue.places import place_at
from drivetrain.model.build import Build
from drivetrain.model.catalogue import Wheel
from drivetrain.model.request import Request, Wish


class Tie(Struct, frozen=True, kw_only=True):
    """Where a distribution must come from."""

    place: str
    label: str = ""
    """The one build there; "" for any."""
    address: str
    origin: str = ""
    """"pyproject.toml:12"; empty for the command line."""
    tags: str = ""
    """Of the one wheel that is addressed, where its name has no label: the package index's own build, wherever it lies."""


def addressed(request: Request, catalogue: Catalogue) -> tuple[Request, Catalogue]:
    """Gives the request in which the address of a wheel has told its version, and the catalogue with that wheel; other addresses stay unknown."""
    wishes: list[Wish] = []
    wheels: list[LocalWheel] = []
    for wish in request.wishes:
        wheel = _wheel_of(wish, catalogue)
        if wheel is not None:
            wheels += [wheel] if wheel.local else []
            wish = structs.replace(wish, name=wheel.distribution, specifier=f"=={wheel.version}{f'+{wheel.local}' if wheel.local else ''}")
        wishes.append(wish)
    request = structs.replace(request, wishes=tuple(wishes))
    if not wheels:
        return request, catalogue
    known = tuple(dict.fromkeys((*catalogue.local_wheels, *wheels)))
    return request, catalogue.with_snapshot(catalogue.snapshot, known)


def _wheel_of(wish: Wish, catalogue: Catalogue) -> LocalWheel | None:
    """Gives the wheel that a wish is the address of, where the catalogue plans its distribution and knows its release."""
    from urllib.parse import unquote

    file = unquote(re.split(r"[\\/]", re.split(r"[?#]", wish.url)[0])[-1]) if wish.url else ""
    if not file.endswith(".whl"):
        return None
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        name, version, _, _ = parse_wheel_filename(file)
    except InvalidWheelFilename:
        return None
    if all(each.version != version.public for each in catalogue.releases(name)):
        return None
    tags = "-".join(file.removesuffix(".whl").split("-")[-3:])
    return LocalWheel(distribution=name, version=version.public, local=version.local or "", wheel=Wheel(tags), place=_folder(wish.url))


def _folder(url: str) -> str:
    return f"find-links:{re.split(r'[?#]', url)[0].replace(chr(92), '/').rpartition('/')[0]}"


def ties_of(wishes: list[Wish], catalogue: Catalogue) -> tuple[Tie, ...]:
    """Gives where these wishes of one distribution tie it to."""
    found: list[Tie] = []
    for wish in wishes:
        if wish.url:
            wheel = _wheel_of(wish, catalogue)
            tags = wheel.wheel.tags if wheel and not wheel.local else ""
            found.append(Tie(place=_folder(wish.url), address=wish.url, origin=wish.origin, tags=tags))
        elif wish.index:
            place = place_at(wish.index, catalogue.frameworks)
            # What no framework publishes itself has what the package index has, as far as anybody knows.
            found.append(Tie(place=place.name if place else "index", label=place.label if place else "", address=wish.index, origin=wish.origin))
    return tuple(dict.fromkeys(found))


def at_tie(build: Build, ties: tuple[Tie, ...], catalogue: Catalogue) -> Build:
    """Gives the build as it lies where it is tied to: the package index's own build of some label is on the framework's index too."""
    for tie in ties:
        if build.place == "index" and tie.tags:
            return structs.replace(build, place=tie.place, wheels=(Wheel(tie.tags),), pythons=None)
        if build.place == "index" and tie.label and build.build == tie.label and tie.place != "index" and _is_there_too(build, tie, catalogue):
            wheels = tuple(Wheel(each.tags) for each in build.wheels)
            return structs.replace(build, place=tie.place, local=tie.label, wheels=wheels)
    return build


def _is_there_too(build: Build, tie: Tie, catalogue: Catalogue) -> bool:
    framework = catalogue.framework(build.distribution)
    if framework is None:
        return True
    rows = [row for row in catalogue.facts_of_release(framework.name, build.version) if row.build == tie.label and tie.place in row.places]
    return any("index" in row.places for row in rows)


def untied(build: Build, ties: tuple[Tie, ...], catalogue: Catalogue) -> Tie | None:
    """Gives the tie that keeps a build out; None where none does, or where nothing is known of its place."""
    if not ties or any(_fits(build, tie) for tie in ties):
        return None
    # Of a plain library only the package index's page is known: where else it lies binds nobody.
    known = catalogue.framework(build.distribution) or catalogue.framework_of_companion(build.distribution)
    return ties[0] if known or any(tie.place.startswith("find-links:") for tie in ties) else None


def _fits(build: Build, tie: Tie) -> bool:
    if tie.place == "index":
        return build.place in ("index", "conda-forge") or build.place.startswith("find-links:")
    if tie.place.startswith("find-links:"):
        return build.place == tie.place
    return (build.place == tie.place and tie.label in ("", build.build)) or (not tie.label and build.place == "index")
