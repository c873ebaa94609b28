"""Lets coverage guide the changes: `python tests/fuzz/with_atheris.py TARGET [-runs=N]`, in an environment that has atheris and the package's dependencies.

`-len_control=0` tries long inputs from the first on: a search that takes the square of the length shows only in those. What libFuzzer finds on its way is
kept below /tmp; a crash is written to the current folder. Its other flags: https://llvm.org/docs/LibFuzzer.html#options.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore]

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent), str(_HERE.parent.parent / "src")]


def main() -> None:
    """Runs one target: a second for an input and 500 MB are its limits."""
    name, *flags = sys.argv[1:]
    with atheris.instrument_imports(include=["drivetrain", "elftools", "pefile", "zipfile", "packaging", "tomllib", "yaml"]):
        from fuzz.target import CORPUS
        from fuzz.targets import target

        of = target(name)
        # Readers import some of their modules when they need them: what is imported behind this guides nothing.
        for content in of.corpus():
            of.read(content)
    found = Path(tempfile.gettempdir()) / f"fuzz-corpus-{name}"
    found.mkdir(exist_ok=True)
    words = found.with_suffix(".words")
    words.write_text("".join(_word(each) for each in of.words), encoding="ascii")
    limits = ["-timeout=1", "-rss_limit_mb=500", "-max_len=65536", f"-runs={of.promised}", f"-dict={words}"]
    atheris.Setup([sys.argv[0], *limits, *flags, str(found), str(CORPUS / name)], of.read)
    atheris.Fuzz()


def _word(word: bytes) -> str:
    """Gives a line of libFuzzer's dictionary."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n'


if __name__ == "__main__":
    main()
