"""The request of an environment, with something more or less in it; everything else that its owner asked for or installed is kept."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from drivetrain.errors import PrefixError, UsageError
from drivetrain.install.prefix import Owner
from drivetrain.model.environment import Installed
from drivetrain.model.request import Request, Wish
from drivetrain.words import say
from drivetrain.workflows.asking import with_wishes
from drivetrain.workflows.prefixes import shown

TOOLS = frozenset({"pip", "setuptools", "wheel", "uv"})
"""Installers that somebody put into the environment: they come back with it only when asked for."""


def request_with(prefix: Path, requirements: tuple[str, ...], *, fetch_python: bool = False) -> Request:
    """Gives the environment's request with these requirements in it, in place of those of the same name."""
    from drivetrain.formats.requirements import wish_of

    return with_wishes(replace(request_of(prefix), fetch_python=fetch_python), tuple(wish_of(each) for each in requirements))


def request_without(prefix: Path, names: tuple[str, ...], *, fetch_python: bool = False) -> Request:
    """Gives the environment's request without these names; raises UsageError for one that nobody asked for, or when nothing is left."""
    from drivetrain.formats.requirements import wish_of

    request = request_of(prefix)
    gone = {wish_of(each).name for each in names}
    there = {each.name for each in request.wishes}
    for name in sorted(gone - there):
        raise UsageError(
            say("{name} was not asked for in {prefix}", name=name, prefix=shown(prefix)), say("asked for: {names}", names=", ".join(sorted(there)))
        )
    left = tuple(each for each in request.wishes if each.name not in gone)
    if not any(not each.is_component for each in left):
        raise UsageError(say("nothing would be left in {prefix}", prefix=shown(prefix)), say("remove the folder itself if nobody needs it"))
    return replace(request, wishes=left, fetch_python=fetch_python)


def request_of(prefix: Path) -> Request:
    """Gives what the environment was made for, and what its owner has installed into it since; raises PrefixError for one that is not ours."""
    from drivetrain.install import owner_of
    from drivetrain.scan import scan

    owner = owner_of(prefix)
    if owner.kind != "ours" or owner.request is None:
        raise PrefixError(
            say("{prefix} was not made by drivetrain: what it is for is not known", prefix=shown(prefix)),
            say("make one that is with drivetrain up, or name another with --prefix"),
        )
    return with_wishes(owner.request, tuple(_wish(each) for each in scan(prefix).installed if _is_added(each, owner)))


def _is_added(installed: Installed, owner: Owner) -> bool:
    assert owner.lock is not None
    assert owner.request is not None
    if installed.name in TOOLS or not installed.requested:
        return False
    locked = {each.name.lower().replace("_", "-") for each in owner.lock.artifacts}
    return installed.name not in locked and installed.name not in {each.name for each in owner.request.wishes}


def _wish(installed: Installed) -> Wish:
    from drivetrain.formats.requirements import wish_of

    return wish_of(f"{installed.name}=={installed.version}", origin=say("installed since"))
