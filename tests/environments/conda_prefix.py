"""Makes the conda prefix that `conda_channel.py` describes, with py-rattler in an environment of its own."""

from __future__ import annotations

from pathlib import Path

from workshop import PYTHON, uv


def conda_prefix(folder: Path) -> Path:
    """Gives a prefix with PyTorch in it, its channel beside it."""
    script = Path(__file__).with_name("conda_channel.py")
    uv("run", "--quiet", "--no-project", "--python", PYTHON, "--with", "py-rattler", "--with", "zstandard", "python", script, folder)
    return folder / "prefix"
