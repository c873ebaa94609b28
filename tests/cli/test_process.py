"""What only a whole process shows: start-up time, pipes, colours, tracebacks, signals, completion in real shells."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scan.making import contents, lay, venv

from drivetrain import __version__

Process = Callable[..., subprocess.CompletedProcess[str]]
SOURCE = Path(__file__).parents[2] / "src"


def test_version_is_quick(process: Process) -> None:
    spent = []
    for _ in range(5):
        began = time.monotonic()
        assert process("--version").stdout == f"drivetrain {__version__}\n"
        spent.append(time.monotonic() - began)
    assert min(spent) < 0.2


def test_version_loads_nothing_heavy() -> None:
    code = "import sys; from drivetrain.cli import main; main(['--version']); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"msgspec", "argparse", "json", "pathlib", "rich", "packaging", "clingo", "subprocess"}


def test_a_plan_loads_neither_rich_nor_http(process: Process, tmp_path: Path) -> None:
    code = (
        "import sys; from drivetrain.cli import main; main(['plan', 'jax', '--os', 'linux', '--accelerator', 'cpu', '--offline']); print(*sorted(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "DRIVETRAIN_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert not set(done.stdout.splitlines()[-1].split()) & {"rich", "http.client", "uv", "platformdirs", "difflib"}


def test_a_second_audit_loads_neither_installers_nor_parsers_nor_readers(tmp_path: Path) -> None:
    site = venv(tmp_path / "env")
    (tmp_path / "env" / "bin").mkdir()
    (tmp_path / "env" / "bin" / "python").symlink_to(sys.executable)
    lay(site, contents("numpy", "2.1.0", {"numpy/core.so": Path(sys.executable).read_bytes()[:4096]}), installer="uv")
    lay(site, contents("jax", "0.6.0", {"jax/__init__.py": b""}, ["numpy<3,>=1.26 ; python_version >= '3.10'", "etils (>=1) ; extra == 'all'"]), installer="uv")
    code = f"import sys; from drivetrain.cli import main; main(['audit', {str(tmp_path / 'env')!r}]); print(*sorted(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "DRIVETRAIN_CACHE_DIR": str(tmp_path / "cache")}
    runs = [subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True) for _ in range(2)]
    first, second = (set(run.stdout.splitlines()[-1].split()) for run in runs)
    assert "drivetrain.binaries.binary" in first
    # A tenth of the time that a second audit takes, each.
    assert not second & {"drivetrain.install.locking", "drivetrain.process", "packaging.requirements", "drivetrain.binaries.binary", "dataclasses", "ctypes"}


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m drivetrain schema plan | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["{", "0"]
    assert done.stderr == ""


def test_ascii_terminals_get_question_marks_not_tracebacks(process: Process) -> None:
    done = process("--help", "--lang", "zh", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "?" in done.stdout


def test_debug_adds_the_traceback_and_keeps_the_code(process: Process) -> None:
    done = process("audit", "nowhere", "--debug")
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert "Traceback" not in process("audit", "nowhere").stderr


def on_a_terminal(words: list[str], tmp_path: Path, **variables: str) -> str:
    """Gives what a terminal shows."""
    leader, follower = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "VIRTUAL_ENV", "CONDA_PREFIX")}
    environment = {**kept, "PYTHONPATH": str(SOURCE), "TERM": "xterm", "LC_ALL": "C.UTF-8", **variables}
    child = subprocess.Popen([sys.executable, "-m", "drivetrain", *words], cwd=tmp_path, env=environment, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    said = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(leader)
    assert child.wait(timeout=30) == 0
    return said.decode()


def test_colours_only_on_a_terminal_and_never_against_no_color(process: Process, tmp_path: Path) -> None:
    assert "\x1b[" in on_a_terminal([], tmp_path)
    assert "\x1b[" not in on_a_terminal([], tmp_path, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal([], tmp_path, TERM="dumb")
    assert "\x1b[" not in process().stdout


COMPLETED = [
    ("pl", {"plan"}),
    ("--lang zh ver", {"verify", "versions"}),
    ("--lang ", {"en", "zh"}),
    ("plan --acc", {"--accelerator"}),
    ("plan --accelerator ", {"auto", "cuda", "cpu"}),
    ("up --accelerator c", {"cuda", "cpu"}),
    ("plan --lang zh --os w", {"windows", "wsl2"}),
    ("up ten", {"tensorflow", "tensorrt"}),
    ("explain no-nvidia-d", {"no-nvidia-driver"}),
    ("schema mach", {"machine"}),
    ("completion ", {"bash", "zsh", "fish", "powershell"}),
]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_load_in_their_shells(process: Process, tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = tmp_path / "_drivetrain"
    path.write_text(process("completion", shell).stdout)
    subprocess.run([shell, "-n", path], check=True)
    for typed, words in COMPLETED:
        *before, current = typed.split(" ")
        command = {
            "bash": f"source {path}; COMP_WORDS=(drivetrain {typed} ''); COMP_CWORD={len(before) + 1}; _drivetrain; printf '%s\\n' ${{COMPREPLY[@]}}",
            # Completion itself runs on a terminal alone, so what it would be given is told instead.
            "zsh": f"""compdef() {{ }}; source {path}; _describe() {{ print -l ${{(P)2%%:*}} }}
                compadd() {{ [[ $1 == -a ]] && print -l -- ${{(P)2}} || print -l -- ${{@:2}} }}
                words=(drivetrain {" ".join(before)} '{current}'); CURRENT={len(before) + 2}; PREFIX='{current}'; _drivetrain""",
            "fish": f"source {path}; complete -C 'drivetrain {typed}'",
        }[shell]
        command = command.replace(f"{typed} ''", typed) if current else command
        done = subprocess.run([shell, "-c", command], capture_output=True, text=True, check=True, cwd=tmp_path)
        found = {line.split("\t")[0] for line in done.stdout.splitlines()}
        if (shell, typed) != ("fish", "--lang zh ver"):  # fish takes zh for the command
            assert {each for each in found if each.startswith(current)} - {path.name} == words, typed


def test_every_flag_is_completed(process: Process) -> None:
    script = process("completion", "powershell").stdout
    for flag in ("--fetch-python", "--find-links", "--dry-run", "--cache-dir"):
        assert re.search(rf"'up' = .*'{flag}'", script)
