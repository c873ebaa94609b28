"""Command line of the maintainers: makes the shipped snapshot anew, `python -m drivetrain.catalogue.refresh -o src/drivetrain/catalogue/data/snapshot.json`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import msgspec

from drivetrain.catalogue.refresh.changes import changes
from drivetrain.catalogue.refresh.default_index import default_index
from drivetrain.catalogue.refresh.reading import Places, snapshot_of
from drivetrain.catalogue.refresh.scope import shipped_scope
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in, write_snapshot
from drivetrain.errors import DrivetrainError


def main(argv: list[str] | None = None) -> int:
    """Reads the index into the file; a file that is there already is brought up to date, unless --whole."""
    parser = argparse.ArgumentParser(prog="python -m drivetrain.catalogue.refresh", description=__doc__)
    parser.add_argument("--index", action="append", help="URL of the simple pages (repeatable); uv's default without it")
    parser.add_argument("--find-links", action="append", default=[], help="folder or page of wheels (repeatable)")
    parser.add_argument("--whole", action="store_true", help="read everything again, also what the file already has")
    parser.add_argument("-o", "--output", type=Path, required=True)
    flags = parser.parse_args(argv)
    started = time.monotonic()
    try:
        old = snapshot_in(flags.output) if flags.output.exists() else None
        places = Places(tuple(flags.index or (default_index(),)), tuple(flags.find_links))
        # What is shipped names no index: whose it was read from is the maintainer's own affair.
        new = msgspec.structs.replace(snapshot_of(shipped_scope(), places, old=None if flags.whole else old), places=())
        write_snapshot(new, flags.output)
    except DrivetrainError as error:
        print(f"{error.says}\n{error.next}", file=sys.stderr)
        return 2
    for change in changes(old, new):
        print(change.says)
    releases = sum(len(distribution.releases) for distribution in new.distributions)
    print(f"{len(new.distributions)} distributions, {releases} releases, {flags.output.stat().st_size} bytes, {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
