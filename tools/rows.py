"""Reads the collected facts and writes the package's data files, one row a line, so that a change shows in a diff."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

PACKAGE = Path(__file__).parent.parent / "src" / "drivetrain"


def facts(folder: Path, name: str) -> Any:
    """Gives one file of collected facts."""
    return msgspec.json.decode((folder / f"{name}.json").read_bytes())


def write_rows(rows: Iterable[object], *path: str) -> None:
    """Writes rows as a JSON array."""
    lines = b",\n".join(msgspec.json.encode(row) for row in rows)
    target = PACKAGE.joinpath(*path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"[\n" + lines + b"\n]\n")
    print(f"{target.relative_to(PACKAGE)}: {lines.count(chr(10).encode()) + 1} rows, {target.stat().st_size} bytes")
