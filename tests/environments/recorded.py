"""Says which files two wheels disagree on, from the RECORDs and the disk alone: shares no line with the scan or the rules."""

from __future__ import annotations

import base64
import csv
import hashlib
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple


class Clash(NamedTuple):
    """One file that two distributions own with different content."""

    path: str
    winners: frozenset[str]
    """Whose hash lies on disk, as "name version"."""
    losers: frozenset[str]


def clashes(site: Path) -> dict[str, Clash]:
    """Gives every such file by its path; each is hashed, whatever its size says."""
    claims: dict[str, dict[str, str]] = defaultdict(dict)
    for record in sorted(site.glob("*.dist-info/RECORD")):
        owner = _owner(record.parent / "METADATA")
        with record.open(encoding="utf-8", newline="") as lines:
            for path, digest, *_ in csv.reader(lines):
                if digest:
                    claims[path][owner] = digest
    found = {}
    for path, owners in claims.items():
        if len(set(owners.values())) > 1:
            on_disk = _digest(site / path)
            winners = frozenset(one for one, digest in owners.items() if digest == on_disk)
            found[path] = Clash(path, winners, frozenset(owners) - winners)
    return found


def _owner(metadata: Path) -> str:
    fields = dict(line.split(": ", 1) for line in metadata.read_text(encoding="utf-8").split("\n\n")[0].splitlines() if ": " in line)
    return f"{fields['Name'].lower().replace('_', '-')} {fields['Version']}"


def _digest(path: Path) -> str:
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256") if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read())
    return "sha256=" + base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
