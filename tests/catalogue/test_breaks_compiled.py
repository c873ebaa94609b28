"""The breaks that plans read are those that people wrote."""

from __future__ import annotations

import runpy
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "compile_breaks.py"


def test_the_compiled_breaks_are_those_of_the_written_file() -> None:
    tool = runpy.run_path(str(TOOL))
    assert (tool["DATA"] / "breaks.json").read_bytes() == tool["compiled"](), "run: python tools/compile_breaks.py"
