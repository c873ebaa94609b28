"""Imports the collected facts into the package's data files: `python tools/import_builds.py FACTS_FOLDER`; run it again after a refresh of the snapshot."""

from __future__ import annotations

import sys
from pathlib import Path

import import_conda
import import_device_code
import import_jax
import import_tensorflow
import import_torch


def main(arguments: list[str]) -> int:
    """Writes every data file that comes from the facts."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    for each in (import_device_code, import_torch, import_tensorflow, import_jax, import_conda):
        each.write(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
