"""Makes a request of what was typed: requirements, files of requirements, and the flags that go with them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.errors import FileError, UsageError
from drivetrain.model.request import Request, RequestFile, Wish
from drivetrain.words import say, why


class Asked(Struct, frozen=True, kw_only=True):
    """What was typed."""

    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    python: str | None = None
    """"3.12" or a specifier, ">=3.11"."""
    accelerator: Literal["auto", "cuda", "cpu"] = "auto"
    sources: Literal["auto", "index", "all"] = "auto"
    engine: Literal["auto", "pip", "conda"] = "auto"
    family: Literal["one", "any"] = "one"
    pre: bool = False
    fetch_python: bool = False
    gpus: tuple[int, ...] | None = None
    indexes: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Names of the files' requirements that are left out."""


def request_from(asked: Asked) -> tuple[Request, tuple[str, ...]]:
    """Gives the request, and what was left out of its files or read with a doubt."""
    from drivetrain.formats.requirements import wish_of

    files = tuple(read_file(each) for each in asked.files)
    wishes = [wish_of(each) for each in asked.requirements]
    if asked.python:
        wishes.append(wish_of(f"python{asked.python}" if asked.python[0] in "<>=!~" else f"python=={asked.python}"))
    _refuse_contradictions(wishes)
    typed = {_meant(each.name) for each in wishes if each.name}
    left_out = {wish_of(each).name for each in asked.without}
    listed = [each for file in files for each in file.wishes]
    wishes += [each for each in listed if _meant(each.name) not in typed and each.name not in left_out]
    if all(each.is_component for each in wishes):
        names = ", ".join(each.name for each in wishes) or ", ".join(asked.files)
        raise UsageError(say("{names}: nothing to install is asked for", names=names), say("name a framework or another distribution beside it"))
    named_cpu = any(file.accelerator == "cpu" for file in files)
    request = Request(
        wishes=tuple(dict.fromkeys(placed(each) for each in wishes)),
        constraints=tuple(each for file in files for each in file.constraints if _meant(each.name) not in typed),
        accelerator="cpu" if named_cpu and asked.accelerator == "auto" else asked.accelerator,
        sources=asked.sources,
        engine=asked.engine,
        family=asked.family,
        pre=asked.pre or any(file.pre for file in files),
        fetch_python=asked.fetch_python,
        gpus=asked.gpus,
        indexes=_unique((*asked.indexes, *(each for file in files for each in (file.index, *file.indexes) if each))),
        find_links=_unique((*asked.find_links, *(each for file in files for each in file.find_links))),
        notes=tuple(note for file in files for note in file.notes),
    )
    replaced = tuple(say("{origin}: {text} gives way to what was typed", origin=each.origin, text=each.text) for each in listed if _meant(each.name) in typed)
    noted = {says for _, says in request.notes}
    return request, (*(each for file in files for each in file.warnings if each not in noted), *replaced)


def placed(wish: Wish) -> Wish:
    """A path is meant from where it was typed, wherever the request is read again."""
    is_path = wish.url and not re.match(r"[\w+.-]{2,}:", wish.url)
    return replace(wish, url=str(Path(wish.url).expanduser().absolute())) if is_path else wish


def _refuse_contradictions(wishes: list[Wish]) -> None:
    """Refuses two exact versions of one thing."""
    pinned: dict[str, Wish] = {}
    for wish in wishes:
        other = pinned.get(wish.name)
        if other is not None and wish.specifier.startswith("==") and other.specifier != wish.specifier and not wish.marker and not other.marker:
            raise UsageError(say("{one} and {other} contradict each other", one=other.text, other=wish.text), say("take one of them"))
        if wish.specifier.startswith("==") and "," not in wish.specifier and not wish.specifier.endswith(".*"):
            pinned[wish.name] = wish


def read_file(argument: str) -> RequestFile:
    """Reads a file of requirements, "pyproject.toml[train]" with its groups."""
    from drivetrain.formats.file_kind import name_and_groups, request_file

    name, groups = (argument, ()) if Path(argument).exists() else name_and_groups(argument)
    return request_file(name, text_of(name), text_of, groups=groups, variables=os.environ)


def text_of(name: str) -> str:
    """Gives the text of a file; raises FileError for one that cannot be read, or that lies on the network."""
    from drivetrain.formats.requirement_lines import decoded

    if "://" in name and not name.startswith("file:"):
        raise FileError(say("{file} lies on the network", file=name), say("download it first, and name the file"))
    try:
        return decoded(Path(name).expanduser().read_bytes())
    except (OSError, UnicodeError) as error:
        reason = why(error)
        folder = isinstance(error, IsADirectoryError)
        advice = (
            say("name the file in it; the project itself is asked for by its folder: drivetrain plan {folder}", folder=name) if folder else say("correct -r")
        )
        raise FileError(say("{file} cannot be read: {reason}", file=name, reason=reason), advice) from error


def with_wishes(request: Request, wishes: tuple[Wish, ...]) -> Request:
    """Gives the request with these wishes in place of those of the same name."""
    names = {_meant(each.name) for each in wishes if each.name}
    return replace(request, wishes=(*(each for each in request.wishes if _meant(each.name) not in names), *wishes))


def _meant(name: str) -> str:
    """Gives the name that a distribution has today: what is typed of it takes the place of `tensorflow-gpu` in a file too."""
    from drivetrain.frameworks import frameworks

    return next((each.distribution for each in frameworks() if name in dict(each.renamed)), name)


def _unique(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
