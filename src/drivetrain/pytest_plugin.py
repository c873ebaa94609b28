"""`pytest --drivetrain`: fails the run when the environment that runs it is broken; drivetrain works in a process of its own, and tests see nothing of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

_RUN = "import sys; sys.path[0] = sys.argv.pop(1); from drivetrain.cli import main; raise SystemExit(main())"
"""The folder of the project under test must not be searched for modules: a `drivetrain.py` there is the user's own."""
_THRESHOLDS = ("error", "warning", "note", "never")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the flags, and the same as settings of pytest's own file."""
    group = parser.getgroup("drivetrain", "the environment itself (drivetrain)")
    group.addoption("--drivetrain", action="store_true", help="audit the environment that runs pytest; the run fails when it is broken")
    group.addoption("--drivetrain-prefix", metavar="FOLDER", help="audit this environment instead")
    group.addoption("--drivetrain-machine", metavar="FILE", help="audit it for a machine saved by `drivetrain probe --save`")
    group.addoption("--drivetrain-fail-on", choices=_THRESHOLDS, help="the least severity that fails the run; default error")
    parser.addini("drivetrain", "audit the environment that runs pytest", type="bool", default=False)
    parser.addini("drivetrain_prefix", "audit this environment instead; relative to the folder of this file")
    parser.addini("drivetrain_machine", "audit it for a machine saved by `drivetrain probe --save`; relative to the folder of this file")
    parser.addini("drivetrain_fail_on", "the least severity that fails the run: error, warning, note or never")


def pytest_configure(config: pytest.Config) -> None:
    """Audits where asked for; pytest-xdist's workers leave that to their controller."""
    if (config.getoption("--drivetrain") or config.getini("drivetrain")) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Auditor(config), "drivetrain-auditor")


class Auditor:
    """One audit of a run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._lines: list[str] = []
        self._broken = False
        self._counts = {"error": 0, "warning": 0, "note": 0}

    def pytest_sessionstart(self) -> None:
        """Audits before any test has begun; raises pytest.UsageError where that cannot be."""
        code, document, self._lines = _audited(self._words())
        if code not in (0, 1):
            import pytest

            raise pytest.UsageError(" → ".join(filter(None, (f"drivetrain: {document.get('says', code)}", document.get("next", "")))))
        self._broken = code == 1
        for each in document["outcomes"]:
            if each["state"] == "found":
                self._counts[each["severity"]] += 1

    def pytest_report_header(self) -> str:
        return f"drivetrain: {self._lines[0]}" if self._lines else ""

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Shows what was found, after the tests' own failures."""
        if self._broken or self._counts["error"] or self._counts["warning"]:
            terminalreporter.section("drivetrain audit", sep="=", red=self._broken, yellow=not self._broken, bold=True)
            for line in self._lines:
                terminalreporter.write_line(line)
            if self._broken:
                terminalreporter.write_line("FAIL drivetrain: the environment is broken, whatever its tests say", red=True, bold=True)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fails a run whose tests have all passed."""
        if self._broken and session.exitstatus == 0:
            session.exitstatus = 1

    def _words(self) -> list[str]:
        words = [self._path("prefix") or sys.prefix]
        machine, threshold = self._path("machine"), self._setting("fail_on")
        if threshold and threshold not in _THRESHOLDS:
            import pytest

            raise pytest.UsageError(f"drivetrain_fail_on cannot be {threshold} → one of: {', '.join(_THRESHOLDS)}")
        words += ["--machine", machine] if machine else []
        words += ["--fail-on", threshold] if threshold else []
        return [*words, "--verbose"] if self._config.get_verbosity() > 0 else words

    def _setting(self, name: str) -> str:
        flag = self._config.getoption(f"--drivetrain-{name.replace('_', '-')}")
        return str(flag or self._config.getini(f"drivetrain_{name}") or "")

    def _path(self, name: str) -> str:
        """Gives a path: of a flag as it was typed, of a setting from the folder of pytest's file on."""
        flag, setting = self._config.getoption(f"--drivetrain-{name}"), self._config.getini(f"drivetrain_{name}")
        return str(flag or (self._config.rootpath / str(setting) if setting else ""))


def _audited(words: list[str]) -> tuple[int, dict[str, Any], list[str]]:
    """Runs `drivetrain audit`; gives its exit code, its document and its screen."""
    import json
    import subprocess
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="drivetrain-") as folder:
        screen = Path(folder, "screen")
        command = [sys.executable, "-E", "-c", _RUN, str(Path(__file__).parents[1]), "audit", *words, "--json", "--format", "text", "--output", str(screen)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        lines = screen.read_text(encoding="utf-8").splitlines() if screen.exists() else []
    try:
        return done.returncode, dict(json.loads(done.stdout)), lines
    except ValueError:
        return 2, {"says": done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"}, lines
