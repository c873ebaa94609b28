"""Lets coverage guide the changes: `python tests/fuzz/with_atheris.py TARGET [-runs=N]`, in an environment that has atheris and the package's dependencies.

What libFuzzer finds on its way is kept below /tmp; a crash is written to the current folder. Its other flags: https://llvm.org/docs/LibFuzzer.html#options.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore]

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent), str(_HERE.parent.parent / "src")]

with atheris.instrument_imports(include=["drivetrain", "elftools", "pefile", "zipfile"]):
    from fuzz.targets import CORPUS, target


def main() -> None:
    """Runs one target: a second for an input and 500 MB are its limits."""
    name, *flags = sys.argv[1:]
    found = Path(tempfile.gettempdir()) / f"fuzz-corpus-{name}"
    found.mkdir(exist_ok=True)
    of = target(name)
    limits = ["-timeout=1", "-rss_limit_mb=500", "-max_len=65536", f"-runs={of.promised}"]
    atheris.Setup([sys.argv[0], *limits, *flags, str(found), str(CORPUS / name)], of.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
