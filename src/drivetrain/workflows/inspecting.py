"""Reads binaries, and wheels full of them, for `drivetrain inspect`."""

from __future__ import annotations

from pathlib import Path

from drivetrain.model.binary import Binaries, Binary


def inspected(names: tuple[str, ...], *, symbols: bool = False) -> Binary | Binaries:
    """Gives what one binary is, or what several are; raises FileError for a file that is none."""
    from drivetrain.binaries.binary import binaries_in

    found = tuple(binary for name in names for binary in binaries_in(Path(name).expanduser(), name, symbols=symbols))
    one_file = len(names) == 1 and len(found) == 1 and found[0].path == names[0]
    return found[0] if one_file else Binaries(binaries=found)
