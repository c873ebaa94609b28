"""Writes `companions.json` from `companions.toml`: people write the one, with one row for names that are alike, plans read the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from drivetrain.model.companion import Companion

DATA = Path(__file__).parent.parent / "src" / "drivetrain" / "catalogue" / "data"


def compiled() -> bytes:
    """Gives the JSON of the rows, one a line, by name."""
    written: list[dict[str, Any]] = msgspec.toml.decode((DATA / "companions.toml").read_bytes())["companion"]
    rows = [msgspec.convert({**row, "name": name}, Companion) for row in written for name in row.pop("names")]
    return b"[\n" + b",\n".join(msgspec.json.encode(row) for row in sorted(rows, key=lambda row: row.name)) + b"\n]\n"


if __name__ == "__main__":
    (DATA / "companions.json").write_bytes(compiled())
    from rows import note_day

    note_day(DATA / "companions.json")
