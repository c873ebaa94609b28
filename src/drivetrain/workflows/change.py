"""The request of an environment, with something more or less in it; everything else that its owner asked for or installed is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from drivetrain.errors import PrefixError, UsageError
from drivetrain.formats.dist_info import normalised
from drivetrain.model.environment import Installed
from drivetrain.model.request import Request, Wish
from drivetrain.report.typed import Typed
from drivetrain.words import say
from drivetrain.workflows.asking import placed, with_wishes
from drivetrain.workflows.prefixes import DEFAULT, shown

if TYPE_CHECKING:
    from drivetrain.install import Owner


def request_with(prefix: Path, requirements: tuple[str, ...], *, fetch_python: bool = False) -> Request:
    """Gives the environment's request with these requirements in it, in place of those of the same name."""
    from drivetrain.formats.requirements import wish_of

    return with_wishes(replace(request_of(prefix), fetch_python=fetch_python), tuple(placed(wish_of(each)) for each in requirements))


def request_without(prefix: Path, names: tuple[str, ...], *, fetch_python: bool = False) -> Request:
    """Gives the environment's request without these names; raises UsageError for one that nobody asked for, or when nothing is left."""
    from drivetrain.formats.requirements import wish_of

    request = request_of(prefix)
    gone = {wish_of(each).name for each in names}
    there = {each.name for each in request.wishes}
    for name in sorted(gone - there):
        raise UsageError(
            say("{name} was not asked for in {prefix}", name=name, prefix=shown(prefix)),
            say("asked for: {names}", names=", ".join(sorted(filter(None, there)))),
        )
    left = tuple(each for each in request.wishes if each.name not in gone)
    if not any(not each.is_component for each in left):
        raise UsageError(say("nothing would be left in {prefix}", prefix=shown(prefix)), say("remove the folder itself if nobody needs it"))
    return replace(request, wishes=left, fetch_python=fetch_python)


def request_of(prefix: Path) -> Request:
    """Gives what the environment was made for, and what its owner has installed into it since; raises PrefixError for one that is not ours."""
    from drivetrain.install import owner_of

    owner = owner_of(prefix)
    if owner.kind == "ours" and owner.request is None:
        raise PrefixError(
            say("{prefix} was installed from a lock: what was asked for is not known", prefix=shown(prefix)),
            say("name all of it: drivetrain up ... --prefix {prefix}", prefix=shown(prefix)),
        )
    if owner.kind != "ours" or owner.request is None:
        raise PrefixError(
            say("{prefix} was not made by drivetrain: what it is for is not known", prefix=shown(prefix)),
            say("make one that is with drivetrain up, or name another with --prefix"),
        )
    return with_wishes(owner.request, tuple(wish_for(each) for each in added_by_hand(prefix, owner)))


def line_anew(prefix: Path, typed: Typed) -> str:
    """Gives the line that makes an environment of ours anew from what was asked for; empty for any other, and where a line cannot say all of it."""
    from drivetrain.install import owner_of

    owner = owner_of(prefix)
    request = owner.request
    if owner.kind != "ours" or request is None or request.constraints or any(each.url or each.hashes or each.index for each in request.wishes):
        return ""
    words = [each.text or each.name for each in request.wishes] + [word for flag in flags_of(request) for word in flag]
    place = [] if shown(prefix) == DEFAULT else ["--prefix", shown(prefix)]
    return typed.bare("up", *words, *place, "--upgrade")


def flags_of(request: Request) -> tuple[tuple[str, ...], ...]:
    """Gives the flags that ask for what the request asks for beside its requirements."""
    flags: list[tuple[str, ...]] = [(f"--{name}", getattr(request, name)) for name in ("accelerator", "sources", "engine") if getattr(request, name) != "auto"]
    flags += [("--index", each) for each in request.indexes] + [("--find-links", each) for each in request.find_links]
    flags += [("--pre",)] if request.pre else []
    return (*flags, ("--gpus", ",".join(map(str, request.gpus)))) if request.gpus is not None else tuple(flags)


def added_by_hand(prefix: Path, owner: Owner) -> tuple[Installed, ...]:
    """Gives what somebody installed into the environment since it was made, by name: other distributions, and other versions of those of its lock."""
    from drivetrain.formats.toml_tree import table_of
    from drivetrain.scan import scan

    if owner.lock is None:
        return ()
    packages = table_of(owner.lock.text, owner.lock.path).get("packages", [])
    locked = {normalised(str(each["name"])): str(each.get("version") or "") for each in packages}
    return tuple(each for each in scan(prefix, libraries=False).installed if each.requested and not _is_as_locked(each, locked.get(each.name)))


def _is_as_locked(installed: Installed, version: str | None) -> bool:
    if version is None:
        return False
    # A folder or an archive is locked without a version.
    return version in ("", installed.version) or _same(version, installed.version)


def _same(one: str, other: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return False


def wish_for(installed: Installed) -> Wish:
    """Gives the requirement that brings a distribution back as it is there: from its folder or repository, else by its version."""
    from urllib.request import url2pathname  # It brings a client for HTTP along: 18 ms of every audit.

    from drivetrain.formats.requirements import wish_of

    origin = say("installed since")
    if not installed.url:
        return wish_of(f"{installed.name}=={installed.version}", origin=origin)
    wish = replace(wish_of(f"{installed.name} @ {installed.url}", origin=origin), name=installed.name)
    if not installed.editable:
        return wish
    folder = url2pathname(urlsplit(installed.url).path)
    return replace(wish, url=folder, editable=True)
