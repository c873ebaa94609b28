"""Reads the collected facts and writes the package's data files, one row a line, so that a change shows in a diff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

PACKAGE = Path(__file__).parent.parent / "src" / "drivetrain"


def facts(folder: Path, name: str) -> Any:
    """Gives one file of collected facts."""
    return msgspec.json.decode((folder / f"{name}.json").read_bytes())


def note_day(target: Path) -> None:
    """Notes today as the day on which a data file was made: `drivetrain catalogue check` shows its age."""
    noted = PACKAGE / "catalogue" / "data" / "made.json"
    days = msgspec.json.decode(noted.read_bytes()) if noted.exists() else {}
    days[target.name if target.parent.name == "data" else f"{target.parent.name}/{target.name}"] = datetime.now(timezone.utc).date().isoformat()
    noted.write_bytes(msgspec.json.format(msgspec.json.encode(dict(sorted(days.items()))), indent=1) + b"\n")


def write_rows(rows: Iterable[object], *path: str) -> None:
    """Writes rows as a JSON array."""
    lines = b",\n".join(msgspec.json.encode(row) for row in rows)
    target = PACKAGE.joinpath(*path)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = b"[\n" + lines + b"\n]\n"
    if not target.exists() or target.read_bytes() != text:
        target.write_bytes(text)
        note_day(target)
    print(f"{target.relative_to(PACKAGE)}: {lines.count(chr(10).encode()) + 1} rows, {target.stat().st_size} bytes")
