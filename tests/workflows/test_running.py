"""`run` passes a command's words on as they are said, keeps its exit code, and says what a failure means; in real environments and terminals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import venv
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).parents[2] / "src")
FAILS = "import sys; sys.stderr.write('RuntimeError: CUDA error: no kernel image is available for execution on the device\\n'); sys.exit(7)"


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "env"
    venv.create(folder, with_pip=False)
    return folder


def words(prefix: Path, *command: str, flags: tuple[str, ...] = ()) -> list[str]:
    return [sys.executable, "-m", "drivetrain", "run", *flags, "--prefix", str(prefix), "--", *command]


def ran(prefix: Path, *command: str, flags: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": SOURCE, "LC_ALL": "C.UTF-8"}
    return subprocess.run(words(prefix, *command, flags=flags), env=variables, capture_output=True, text=True, timeout=60, check=False)


def test_a_failure_is_explained_after_the_command_s_own_words(prefix: Path) -> None:
    done = ran(prefix, "python", "-c", FAILS)
    assert (done.returncode, done.stdout) == (7, "")
    said, _, meant = done.stderr.partition("\n")
    assert said.startswith("RuntimeError: CUDA error: no kernel image")
    assert "[compute-capability-not-in-build]" in meant


def test_a_failure_of_one_s_own_gets_no_guess(prefix: Path) -> None:
    done = ran(prefix, "python", "-c", "raise ValueError('shapes (3, 4) and (5, 6) do not match')")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ended with 1;")


def test_success_and_quiet_add_nothing(prefix: Path) -> None:
    done = ran(prefix, "python", "-c", "import sys; sys.stderr.write('CUDA error\\n'); print('fine')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "fine\n", "CUDA error\n")
    assert ran(prefix, "python", "-c", FAILS, flags=("--quiet",)).stderr.count("\n") == 1


def test_what_a_left_behind_process_holds_open_does_not_hold_us(prefix: Path) -> None:
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(30)']); sys.exit(3)"
    assert ran(prefix, "python", "-c", code).returncode == 3


def test_much_is_passed_on_whole(prefix: Path) -> None:
    done = ran(prefix, "python", "-c", "import sys; sys.stderr.write('x' * 79 + '\\n') ; sys.stderr.write(('y' * 99 + '\\n') * 200000)")
    assert done.returncode == 0
    assert len(done.stderr) == 80 + 100 * 200000


def test_in_a_terminal_the_command_sees_a_terminal(prefix: Path) -> None:
    code = "import os, sys; sys.stderr.write(f'{sys.stderr.isatty()} {os.get_terminal_size(2).columns}\\n')"
    reading, writing = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 93, 0, 0))
    variables = {**os.environ, "PYTHONPATH": SOURCE, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words(prefix, "python", "-c", code), env=variables, stdout=subprocess.DEVNULL, stderr=writing, timeout=60, check=False)
    os.close(writing)
    said = os.read(reading, 4096).decode()
    os.close(reading)
    assert done.returncode == 0
    assert said == "True 93\r\n"
