from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from drivetrain.model.plan import Change
from drivetrain.report.shell import Shell, command_line, folded, quoted, variable_line
from drivetrain.report.typed import Typed

WORDS = ("torch>=2.6", "tensorflow[and-cuda]", "RTX 4090", "a'b", 'a"b', "$HOME", "~/x", "a!b", "2.13.*", "a;b", "50%", "a\\b", "", "a\tb", "=ls", "^1")
PRINTER = "import sys; print(repr(sys.argv[1:]))"


@pytest.mark.parametrize(("shell", "program"), [("posix", "bash"), ("posix", "sh"), ("posix", "zsh"), ("fish", "fish")])
def test_a_quoted_word_reaches_the_program_as_it_is(shell: Shell, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    line = command_line((sys.executable, "-c", PRINTER, *WORDS), shell)
    done = subprocess.run([program, "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(list(WORDS))


@pytest.mark.parametrize(
    ("shell", "word", "text"),
    [
        ("powershell", "torch>=2", "'torch>=2'"),
        ("powershell", "a'b", "'a''b'"),
        ("powershell", "torch", "torch"),
        ("powershell", "0,2", "'0,2'"),
        ("cmd", "torch>=2", '"torch>=2"'),
        ("cmd", "RTX 4090", '"RTX 4090"'),
    ],
)
def test_windows_shells(shell: Shell, word: str, text: str) -> None:
    assert quoted(word, shell) == text


def test_a_line_repeats_what_was_typed(typed: Typed) -> None:
    assert typed.line("up") == './drivetrain up tensorflow "torch>=2" jax --gpu "RTX 4090"'


def test_a_change_replaces_flags_and_requirements(typed: Typed) -> None:
    line = typed.changed(Change(os="wsl2", python="3.10", require=("torch==2.7",), drop=("jax",), gpus=(0, 2))).line("plan")
    assert line == './drivetrain plan tensorflow torch==2.7 --gpu "RTX 4090" --os wsl2 --python 3.10 --gpus 0,2'
    again = typed.with_flag("--os", "linux").changed(Change(os="wsl2"))
    assert again.flags == (("--gpu", "RTX 4090"), ("--os", "wsl2"))


def test_a_change_of_python_replaces_the_requirement_too() -> None:
    typed = Typed(requirements=("torch", "python==3.13"))
    assert typed.changed(Change(python="3.11")).line("plan") == "drivetrain plan torch --python 3.11"
    assert typed.changed(Change(require=("python==3.11",))).line("plan") == "drivetrain plan torch python==3.11"


def test_a_requirement_of_a_file_is_left_out_by_a_flag() -> None:
    typed = Typed(requirements=("torch",), flags=(("-r", "requirements.txt"),))
    assert typed.changed(Change(drop=("rich>=1",))).line("plan") == "drivetrain plan torch -r requirements.txt --without rich"


@pytest.mark.parametrize(
    ("shell", "value", "line"),
    [
        ("posix", None, "unset CUDA_HOME"),
        ("posix", "/opt/my cuda", 'export CUDA_HOME="/opt/my cuda"'),
        ("fish", None, "set -e CUDA_HOME"),
        ("fish", "/opt/cuda", "set -gx CUDA_HOME /opt/cuda"),
        ("powershell", None, "Remove-Item Env:CUDA_HOME"),
        ("powershell", r"C:\it's", r"$env:CUDA_HOME = 'C:\it''s'"),
        ("cmd", None, "set CUDA_HOME="),
        ("cmd", r"C:\Program Files\CUDA", r'set "CUDA_HOME=C:\Program Files\CUDA"'),
    ],
)
def test_a_variable_is_set_and_unset_in_each_shell(shell: Shell, value: str | None, line: str) -> None:
    assert variable_line("CUDA_HOME", value, shell) == line


def test_without_the_gpu_no_gpu_is_named(typed: Typed) -> None:
    """`plan` refuses --gpu beside --accelerator cpu."""
    more = typed.with_flag("--driver", "550").with_flag("--python", "3.12")
    assert more.changed(Change(accelerator="cpu")).line("plan") == './drivetrain plan tensorflow "torch>=2" jax --python 3.12 --accelerator cpu'


@pytest.mark.parametrize(("shell", "mark"), [("posix", " \\"), ("fish", " \\"), ("powershell", " `"), ("cmd", " ^")])
def test_a_long_command_breaks_between_words_and_stays_one_command(shell: Shell, mark: str) -> None:
    pins = [f"distribution-{number}==1.{number}" for number in range(9)]
    command = command_line(("uv", "pip", "install", "--reinstall-package", "numpy", *pins, "numpy <2"), shell)
    lines = folded(command, 60, shell)
    assert len(lines) > 3
    assert all(len(line) <= 60 for line in lines)
    assert all(line.endswith(mark) for line in lines[:-1])
    assert " ".join(line.removesuffix(mark).strip() for line in lines) == command
    # A flag and what it takes stay together, and so does what is quoted.
    assert any("--reinstall-package numpy" in line for line in lines)


def test_a_pasted_command_is_the_command() -> None:
    command = command_line(("printf", "%s|", "--flag", *("a b" * 9 for _ in range(9)), "it's"))
    pasted = subprocess.run(["bash", "-c", "\n".join(folded(command, 40))], capture_output=True, text=True, check=True).stdout
    assert pasted == subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
    assert folded("uv pip install torch", 10) == ["uv pip install torch"]
