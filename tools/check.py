"""Runs the tests of this checkout in the environment that `./test` made: the quick tier, or with `--full` everything; the rest goes to pytest."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Gives pytest's exit code; style and types are tests too (`tests/test_style.py`), so that pytest's closing line speaks for all."""
    os.chdir(Path(__file__).resolve().parent.parent)
    for variable in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME"):
        os.environ.pop(variable, None)  # set, they would make child processes slower or other than a user's
    sys.dont_write_bytecode = False
    import pytest

    full = "--full" in arguments
    passed_on = [each for each in arguments if each != "--full"]
    return int(pytest.main([*(["-m", ""] if full else []), *passed_on]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
