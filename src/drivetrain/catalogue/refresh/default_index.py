"""Gives the package index that uv and pip use when nothing is configured, as they themselves name it, so that no host name stands in this code.

uv prints it in the help of `--default-index`; pip has it as a constant, importable only where pip is installed in the same environment.
"""

from __future__ import annotations

import os
import re
import subprocess

from drivetrain.errors import EngineError
from drivetrain.words import say

_NAMED = re.compile(r"--default-index\b.*?by\s+default:\s*<?(https?://[^\s>]+?)>?\)", re.DOTALL)


def default_index() -> str:
    """Gives the URL of the simple pages; raises EngineError where neither uv nor pip can be asked."""
    url = _of_uv() or _of_pip()
    if url is None:
        raise EngineError(say("neither uv nor pip says which package index it uses by default"), say("name one with --index URL"))
    return url


def _of_uv() -> str | None:
    try:
        from uv import find_uv_bin

        # NO_COLOR: uv draws its help with escape codes where the variables of a terminal ask for them.
        asked = subprocess.run([find_uv_bin(), "help", "pip", "compile"], capture_output=True, text=True, timeout=20, env={**os.environ, "NO_COLOR": "1"})
    except (ImportError, OSError, subprocess.TimeoutExpired):
        return None
    match = _NAMED.search(asked.stdout)
    return match[1] if match else None


def _of_pip() -> str | None:
    try:
        from pip._internal.models.index import PyPI  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    url: object = PyPI.simple_url
    return str(url)
