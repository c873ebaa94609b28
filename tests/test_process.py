"""What whoever runs a child relies on: its output whole, its time limited, nothing of it left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drivetrain import process
from drivetrain.errors import EngineError
from drivetrain.process import Listeners, run

PYTHON = [sys.executable, "-c"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    """Waits for a process that was told to end: on a busy machine its last breath takes a while."""
    end = time.monotonic() + 10
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def test_output_and_exit_status_arrive_whole() -> None:
    done = run([*PYTHON, "import sys; print('a' * 200_000); print('ü', file=sys.stderr); sys.exit(7)"], environment={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert (done.code, done.ok, done.timed_out) == (7, False, False)
    assert done.out == "a" * 200_000 + "\n"
    assert done.err == "ü\n"


def test_lines_are_told_while_the_child_runs() -> None:
    told: list[tuple[float, str]] = []
    run(
        [*PYTHON, "import time; print('first', flush=True); time.sleep(0.5); print('second', end='')"],
        listeners=Listeners(out=lambda line: told.append((time.monotonic(), line))),
    )
    assert [line for _, line in told] == ["first", "second"]
    assert told[1][0] - told[0][0] > 0.3


def test_each_state_of_a_redrawn_line_is_told() -> None:
    told: list[str] = []
    run([*PYTHON, "import sys; sys.stderr.write('10 %\\r50 %\\rdone\\n')"], listeners=Listeners(err=told.append))
    assert told == ["10 %", "50 %", "done"]


def test_text_goes_to_standard_input_and_a_child_may_leave_it_unread() -> None:
    assert run([*PYTHON, "import sys; print(sys.stdin.read().upper())"], text="abc").out == "ABC\n"
    assert run([*PYTHON, "pass"], text="x" * 1_000_000).ok
    assert run([*PYTHON, "import sys; print(repr(sys.stdin.read()))"]).out == "''\n"


def test_a_tick_names_the_running_child() -> None:
    ticks: list[int] = []
    run([*PYTHON, "import time; time.sleep(0.7)"], listeners=Listeners(tick=ticks.append))
    assert len(ticks) >= 2
    assert len(set(ticks)) == 1


@posix
def test_a_time_out_ends_the_child_and_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = (
        "import subprocess, time\nchild = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\nprint('up', flush=True)\ntime.sleep(60)"
    )
    done = run([*PYTHON, script], timeout_seconds=1.5)
    assert done.timed_out
    assert not done.ok
    assert done.out == "up\n"
    assert done.seconds < 5
    assert gone(int(note.read_text()))


@posix
def test_a_child_that_ignores_sigterm_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.3)
    done = run([*PYTHON, "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"], timeout_seconds=1.5)
    assert done.timed_out
    assert done.code == -signal.SIGKILL
    assert done.seconds < 4


@posix
def test_a_daemon_left_behind_does_not_hold_us_up() -> None:
    started = time.monotonic()
    done = run([*PYTHON, "import subprocess; c = subprocess.Popen(['sleep', '20'], start_new_session=True); print(c.pid)"])
    os.kill(int(done.out), signal.SIGKILL)
    assert time.monotonic() - started < 5


@posix
def test_a_listener_that_raises_ends_the_child() -> None:
    pids: list[int] = []

    def heard(line: str) -> None:
        pids.append(int(line))
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        run([*PYTHON, "import os, time; print(os.getpid(), flush=True); time.sleep(60)"], listeners=Listeners(out=heard))
    assert gone(pids[0])


@posix
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_to_us_ends_the_child_and_lets_us_tidy_up(tmp_path: Path, number: int, status: int) -> None:
    script = (
        "import sys\nfrom drivetrain.process import run\n"
        "try:\n    run(['sh', '-c', 'echo $$ > pid; exec sleep 60'])\n"
        "except KeyboardInterrupt:\n    print('tidied'); sys.exit(130)\n"
        "except SystemExit:\n    print('tidied'); raise\n"
    )
    source = str(Path(process.__file__).parents[1])
    ours = subprocess.Popen(
        [*PYTHON, script], cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": source}
    )
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(ours.pid, number)
    out, _ = ours.communicate(timeout=20)
    assert (ours.returncode, out) == (status, "tidied\n")
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_program_that_is_not_there_is_one_line() -> None:
    with pytest.raises(EngineError, match=r"no-such-program cannot be started"):
        run(["no-such-program"])


def test_output_without_end_keeps_its_last_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "KEPT_BYTES", 100_000)
    done = run([*PYTHON, "print('x' * 1_000_000); print('the end')"])
    assert len(done.out) <= 200_000
    assert done.out.endswith("the end\n")
