"""Reads and writes a `Snapshot` as compact JSON, one distribution a line, so that a refresh shows in a diff what changed."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from drivetrain.errors import FileError
from drivetrain.model.catalogue import Snapshot
from drivetrain.words import say, why


def snapshot_in(path: Path) -> Snapshot:
    """Gives the snapshot of a file; FileError names the file and the place in it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Snapshot)
    except OSError as error:
        raise FileError(say("{path} cannot be read: {trouble}", path=path, trouble=error), say("make it again with `drivetrain catalogue refresh`")) from None
    except msgspec.DecodeError as error:
        raise FileError(say("{path} is no snapshot: {trouble}", path=path, trouble=error), say("make it again with `drivetrain catalogue refresh`")) from None


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Writes the file in one step, so that a reader never meets half of it."""
    head = msgspec.json.encode(msgspec.structs.replace(snapshot, distributions=())).removesuffix(b"[]}")
    lines = b",\n".join(msgspec.json.encode(distribution) for distribution in snapshot.distributions)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(head + b"[\n" + lines + b"\n]}\n")
        beside.replace(path)
    except OSError as error:
        raise FileError(say("{path} cannot be written: {reason}", path=path, reason=why(error)), say("choose another place with --cache-dir")) from error
    finally:
        beside.unlink(missing_ok=True)
