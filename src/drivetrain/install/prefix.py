"""Whose a prefix is: missing, empty, ours with its record, or somebody else's; and whether it can take an environment at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, NoReturn

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from drivetrain.errors import FileError, PrefixError
from drivetrain.model.documents import Document, FrozenMap, decode, encode
from drivetrain.model.kept import Kept, lasting
from drivetrain.model.lock import Lock
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.words import say

RECORD = "drivetrain"
"""Folder inside a prefix that makes it ours: environment.json, pylock.toml, plan.json, request.json."""

KEPT = "drivetrain.json"
"""File at the top of a prefix: the plan, and the machine that it was planned for."""


class Deed(Struct, frozen=True, kw_only=True):
    """What an environment of ours says of itself."""

    schema: Literal["drivetrain/environment/1"] = "drivetrain/environment/1"
    id: str
    """Unlike that of any other environment, also of one made from the same lock."""
    name: str
    """Folder name of the prefix that it was made for; a generation keeps it."""
    python: str = ""
    made: str = ""
    """UTC, "2026-11-24T08:15:00Z"."""
    variables: FrozenMap[str | None] = field(default_factory=FrozenMap)
    """What `fix` set (None: unset) in its activation beside the plan's own; whatever replaces the environment keeps it."""


class Owner(Struct, frozen=True, kw_only=True):
    """Whose a prefix is, and what it says of itself when it is ours."""

    prefix: str
    kind: Literal["missing", "empty", "ours", "foreign"]
    deed: Deed | None = None
    plan: Plan | None = None
    """None for an environment installed from a bare lock."""
    request: Request | None = None
    lock: Lock | None = None
    machine: Machine | None = None
    """The machine as it was when the environment was made; None where no record of it is left."""


def owner_of(prefix: Path) -> Owner:
    """Looks whose a prefix is; a record of ours that is damaged makes it somebody else's, since we cannot say what it holds."""
    if not os.path.lexists(prefix):
        return Owner(prefix=str(prefix), kind="missing")
    if prefix.is_symlink() or not prefix.is_dir():
        return Owner(prefix=str(prefix), kind="foreign")
    folder = prefix / RECORD
    try:
        deed = decode((folder / "environment.json").read_bytes(), Deed)
        # Not before there is one of ours: every audit of others' environments comes by here.
        from drivetrain.install.lock_files import read_lock

        return Owner(
            prefix=str(prefix),
            kind="ours",
            deed=deed,
            plan=_document(folder / "plan.json", Plan),
            request=_document(folder / "request.json", Request),
            lock=read_lock(folder / "pylock.toml"),
            machine=_machine(prefix),
        )
    except (OSError, ValueError, msgspec.MsgspecError, FileError):
        pass
    try:
        return Owner(prefix=str(prefix), kind="foreign" if any(prefix.iterdir()) else "empty")
    except OSError:
        return Owner(prefix=str(prefix), kind="foreign")


def _machine(prefix: Path) -> Machine | None:
    """A machine's record that is gone or damaged costs the comparison with it, and nothing else."""
    try:
        return decode((prefix / KEPT).read_bytes(), Kept).machine
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def write_kept(environment: Path, made: str, plan: Plan | None, machine: Machine | None) -> None:
    """Writes the plan and its machine."""
    (environment / KEPT).write_bytes(encode(Kept(made=made, machine=lasting(machine) if machine else None, plan=shareable(plan))))


def write_record(environment: Path, deed: Deed, lock: Lock, plan: Plan | None, request: Request | None) -> None:
    """Writes what makes an environment ours; environment.json last, so that a half-written record is none."""
    from drivetrain.install.lock_files import absolute

    folder = environment / RECORD
    folder.mkdir()
    (folder / "pylock.toml").write_text(absolute(lock), encoding="utf-8")
    for name, value in (("plan.json", shareable(plan)), ("request.json", request), ("environment.json", deed)):
        if value is not None:
            # The address of an index that was typed may hold a password, which `add` needs again and nobody else may read.
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if value is request else 0o666)
            with os.fdopen(descriptor, "wb") as file:
                file.write(encode(value))


def write_deed(environment: Path, deed: Deed) -> None:
    """Replaces what an environment says of itself, whole or not at all."""
    path = environment / RECORD / "environment.json"
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(encode(deed))
    draft.replace(path)


def shareable(plan: Plan | None) -> Plan | None:
    """Gives the plan without the passwords that its lines to type repeat: records and reports are shown to others."""
    from drivetrain.install.complaints import without_credentials

    return plan and replace(plan, commands=tuple(without_credentials(each) for each in plan.commands))


def check_prefix(prefix: Path) -> Owner:
    """Gives the owner of a prefix that can take an environment; raises PrefixError with the way out for one that cannot."""
    owner = owner_of(prefix)
    if os.pathsep in str(prefix):
        _refuse(say("{prefix} has {sign} in its path, which separates paths: no shell could find its programs", prefix=prefix, sign=os.pathsep))
    if prefix.is_symlink():
        _refuse(say("{prefix} is a symbolic link to {target}", prefix=prefix, target=prefix.readlink()), say("name the folder itself with --prefix"))
    if owner.kind == "foreign":
        _refuse_foreign(prefix)
    if owner.kind != "missing" and prefix.is_mount():
        _refuse(say("{prefix} is a mount point, which cannot be swapped", prefix=prefix), say("choose a folder inside it with --prefix"))
    around = next((each for each in prefix.parents if _is_environment(each)), None)
    if around is not None:
        _refuse(say("{prefix} lies inside another environment, {around}", prefix=prefix, around=around))
    ground = next(each for each in prefix.parents if each.exists())
    if not ground.is_dir():
        _refuse(say("{path} is a file, not a folder", path=ground))
    if not os.access(ground, os.W_OK | os.X_OK):
        _refuse(say("{folder} cannot be written by you", folder=ground))
    return owner


def _refuse_foreign(prefix: Path) -> NoReturn:
    if not prefix.is_dir():
        _refuse(say("{prefix} is a file, not a folder", prefix=prefix))
    kind = (
        say("a conda environment")
        if (prefix / "conda-meta").is_dir()
        else say("a virtual environment that drivetrain did not make")
        if (prefix / "pyvenv.cfg").is_file()
        else say("a folder with other things in it")
    )
    _refuse(
        say("{prefix} is {kind}: nothing in it was touched", prefix=prefix, kind=kind),
        say("choose another place with --prefix, or remove it yourself if nobody needs it"),
    )


def _refuse(says: str, next: str = "") -> NoReturn:
    raise PrefixError(says, next or say("choose another place with --prefix"))


def _is_environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def _document(path: Path, kind: type[Document]) -> Document | None:
    return decode(path.read_bytes(), kind) if path.is_file() else None
