"""Runs uv, the wheel that drivetrain depends on, with its generated configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from drivetrain.errors import EngineError
from drivetrain.formats.toml_tree import Table
from drivetrain.install.configuration import configuration, environment
from drivetrain.install.settings import EngineSettings
from drivetrain.install.toml_text import dumped
from drivetrain.process import Finished, Listeners, run
from drivetrain.words import say


class Engine:
    """uv, ready to run; its configuration lies in a folder that the caller removes."""

    def __init__(self, settings: EngineSettings, folder: Path, further: Table | None = None) -> None:
        self.settings = settings
        self.folder = folder
        self._further = further or {}
        self._program = program()
        self._configuration = folder / "uv.toml"
        # An index URL may hold a password: nobody else may read the file, from its first byte on.
        descriptor = os.open(self._configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(dumped(configuration(settings) | self._further))

    def run(self, arguments: Sequence[str | Path], *, listeners: Listeners | None = None, variables: dict[str, str] | None = None) -> Finished:
        """Runs `uv ARGUMENTS` to its end; what its exit status means is for the caller."""
        command = [self._program, *arguments, "--config-file", self._configuration, *(["--offline"] if self.settings.offline else [])]
        return run(command, environment=self.variables() | (variables or {}), listeners=listeners)

    def offline(self) -> Engine:
        """Gives the same engine without the network."""
        return Engine(replace(self.settings, offline=True), self.folder, self._further)

    def variables(self) -> dict[str, str]:
        """Gives the environment that uv runs in."""
        return environment(self.settings, os.environ)


def program() -> Path:
    """Gives the path of uv's own program."""
    try:
        import uv
    except ImportError as error:
        raise EngineError(
            say("uv, which drivetrain installs with, is not installed beside it"), say("run {command}", command=f"{sys.executable} -m pip install uv")
        ) from error
    try:
        return Path(os.fsdecode(uv.find_uv_bin()))
    except FileNotFoundError as error:
        raise EngineError(say("uv's program was not found: {reason}", reason=error), say("install drivetrain again")) from error
