"""An environment that is read while something else is waited for comes out as it would have, or fails as it would have."""

from __future__ import annotations

from pathlib import Path

import pytest
from scan.making import contents, lay, venv

from drivetrain.errors import PrefixError
from drivetrain.scan import scan
from drivetrain.words import speak
from drivetrain.workflows.reading_ahead import ReadingAhead


def test_it_gives_what_scan_gives(tmp_path: Path) -> None:
    lay(venv(tmp_path / "env"), contents("one", "1", {"one.py": b""}))
    ahead = ReadingAhead(tmp_path / "env", str(tmp_path / "cache"))
    assert ahead.environment() == scan(tmp_path / "env")
    assert ahead.environment() is ahead.environment()


def test_it_raises_what_scan_raises(tmp_path: Path) -> None:
    ahead = ReadingAhead(tmp_path / "gone", str(tmp_path / "cache"))
    with pytest.raises(PrefixError, match="gone"):
        ahead.environment()


def test_it_speaks_the_language_of_whoever_waits(tmp_path: Path) -> None:
    (venv(tmp_path / "env") / "broken-1.0.dist-info").mkdir()
    speak("zh")
    try:
        ahead = ReadingAhead(tmp_path / "env", str(tmp_path / "cache"))
        (note,) = ahead.environment().notes
    finally:
        speak("en")
    assert not note.isascii()
