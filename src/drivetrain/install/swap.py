"""Puts a staged environment into the place of its prefix, keeps the one before, and mends what a run killed in between has left.

The steps of a swap stand in a journal first. After it, whatever lies where is told by the environments' own ids, so that the next run can finish
the swap or take it back, wherever it was cut.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct

from drivetrain.errors import PrefixError
from drivetrain.install.exchange import exchanged
from drivetrain.install.grounds import Grounds
from drivetrain.install.occupants import occupants_of
from drivetrain.install.prefix import Owner, check_prefix, owner_of
from drivetrain.install.staged import Staged
from drivetrain.model.documents import decode, encode
from drivetrain.words import say, why


class Committed(Struct, frozen=True, kw_only=True):
    """An environment in its place."""

    prefix: Path
    previous: Path | None
    """Where the environment that was there before is kept."""
    says: tuple[str, ...] = ()
    """What its owner should know: processes that still run from the old one, older generations removed."""


class _Journal(Struct, frozen=True, kw_only=True):
    new: str
    """Where the new environment lies, or lay."""
    id: str
    """The new environment's."""
    generation: str
    """Where the old one is to go."""


def commit(staged: Staged) -> Committed:
    """Swaps the staged environment into place; raises PrefixError and leaves both where they are when the place cannot be swapped."""
    grounds = Grounds(staged.prefix)
    try:
        owner = check_prefix(staged.prefix)
        done = _replaced(grounds, staged.path, staged.deed.id, owner)
    except BaseException:
        if not _was_swapped(grounds, staged.deed.id):
            shutil.rmtree(staged.path, ignore_errors=True)
        raise
    finally:
        staged.hold.release()
    return done


def restore(prefix: Path) -> Committed:
    """Puts the kept generation back into its place, and keeps the one that was there instead."""
    prefix = prefix.absolute()
    grounds = Grounds(prefix)
    with grounds.hold():
        recover_held(grounds)
        kept = _kept(grounds)
        if not kept:
            raise PrefixError(say("there is no earlier generation of {prefix}", prefix=prefix))
        deed = owner_of(kept[0]).deed
        assert deed is not None
        return _replaced(grounds, kept[0], deed.id, check_prefix(prefix))


def recover(prefix: Path) -> None:
    """Mends what a run that was killed has left beside this prefix; nothing to do is the usual case."""
    grounds = Grounds(prefix.absolute())
    if grounds.journal.exists() or grounds.stagings():
        with grounds.hold():
            recover_held(grounds)


def recover_held(grounds: Grounds) -> None:
    """The same, for whoever holds the prefix."""
    try:
        journal = decode(grounds.journal.read_bytes(), _Journal)
    except FileNotFoundError:
        journal = None
    except (OSError, ValueError, msgspec.MsgspecError):
        # Written by replacing a draft, so a damaged one is none of ours; the environments' ids are still right.
        journal = None
        grounds.journal.unlink(missing_ok=True)
    if journal is not None:
        _finish(grounds, journal)
    for path in grounds.stagings():
        shutil.rmtree(path, ignore_errors=True)


def _replaced(grounds: Grounds, new: Path, new_id: str, owner: Owner) -> Committed:
    prefix = grounds.prefix
    if owner.kind in ("missing", "empty"):
        if owner.kind == "empty":
            # Windows renames onto no folder, not even an empty one.
            prefix.rmdir()
        new.rename(prefix)
        return Committed(prefix=prefix, previous=None)
    pids = occupants_of(prefix)
    older = _kept(grounds, besides=new)
    journal = _Journal(new=str(new), id=new_id, generation=str(grounds.next_generation()))
    _write(grounds.journal, journal)
    try:
        if not exchanged(new, prefix):
            # Between the two renames there is no prefix, so that here the journal must outlive a power cut. Not above: on a busy disk it costs seconds.
            _on_disk(grounds.journal)
            prefix.rename(journal.generation)
            new.rename(prefix)
    except OSError as error:
        _finish(grounds, journal)
        _refuse(prefix, error)
    except BaseException:
        _finish(grounds, journal)
        raise
    _finish(grounds, journal)
    return Committed(prefix=prefix, previous=Path(journal.generation), says=(*_said_of(pids, prefix), *_pruned(older)))


def _finish(grounds: Grounds, journal: _Journal) -> None:
    """Finishes a swap that was cut, or takes it back where the new environment has not arrived."""
    new, generation, prefix = Path(journal.new), Path(journal.generation), grounds.prefix
    if _id(prefix) == journal.id:
        if new.exists() and not generation.exists():
            generation.parent.mkdir(parents=True, exist_ok=True)
            new.rename(generation)
    elif not os.path.lexists(prefix):
        try:
            new.rename(prefix)
        except OSError:
            generation.rename(prefix)
    grounds.journal.unlink(missing_ok=True)


def _kept(grounds: Grounds, besides: Path | None = None) -> list[Path]:
    """This prefix's generations, newest first; others of the same folder may lie beside them."""
    return [path for _, path in grounds.generations() if path != besides and (deed := owner_of(path).deed) and deed.name == grounds.prefix.name]


def _pruned(older: list[Path]) -> tuple[str, ...]:
    for path in older:
        shutil.rmtree(path, ignore_errors=True)
    return (say("an older generation was removed: only the last one is kept"),) if older else ()


def _said_of(pids: tuple[int, ...], prefix: Path) -> tuple[str, ...]:
    if not pids:
        return ()
    listed = ", ".join(map(str, pids[:5])) + (", ..." if len(pids) > 5 else "")
    return (say("processes still run from the old {prefix} ({pids}): restart them, what they import from now on is new", prefix=prefix, pids=listed),)


def _was_swapped(grounds: Grounds, new_id: str) -> bool:
    return _id(grounds.prefix) == new_id


def _id(path: Path) -> str | None:
    deed = owner_of(path).deed
    return deed.id if deed else None


def _write(path: Path, journal: _Journal) -> None:
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(encode(journal))
    draft.replace(path)


def _on_disk(path: Path) -> None:
    for each in (path, path.parent):
        # Not every system lets a folder be opened for that.
        with contextlib.suppress(OSError):
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _refuse(prefix: Path, error: OSError) -> NoReturn:
    reasons = {
        errno.EXDEV: say("it came with a container's image and cannot be renamed"),
        errno.EBUSY: say("it is a mount point or in use"),
        errno.EACCES: say("a program has files of it open, or the folder is not yours"),
    }
    raise PrefixError(
        say("{prefix} cannot be replaced: {reason}", prefix=prefix, reason=reasons.get(error.errno or 0, why(error))),
        say("choose another place with --prefix; {prefix} is as it was", prefix=prefix),
    ) from error
