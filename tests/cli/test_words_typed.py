"""What is typed: commands, flags, help, languages, and every kind of slip, each one line that says what, where and what next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivetrain.cli.dispatch import split
from drivetrain.cli.listing import entries
from drivetrain.cli.session import session_of, shell_of
from drivetrain.report.columns import width

Cli = Callable[..., Any]
COMMANDS = [each.name for each in entries()]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(cli: Cli, name: str, language: str) -> None:
    said = cli(name, "--help", "--lang", language)
    title = {"en": "examples", "zh": "示例"}[language]
    assert (said.code, said.err) == (0, "")
    assert f"\n{title}\n  drivetrain {name}" in said.out
    assert all(width(line) <= 110 for line in said.out.splitlines() if "drivetrain" not in line)


def test_help_lists_every_command(cli: Cli) -> None:
    said = cli("--help")
    assert [line.split()[0] for line in said.out.splitlines()[2 : 2 + len(COMMANDS)]] == COMMANDS
    assert cli("help").out == said.out
    assert cli("help", "plan").out == cli("plan", "--help").out


SLIPS = [
    (("plaan",), "there is no command plaan", "plan"),
    (("zzz",), "there is no command zzz", "drivetrain --help"),
    (("plan", "--gpuu", "x"), "drivetrain plan has no flag --gpuu", "--gpu"),
    (("plan", "--os"), "--os needs a value", "drivetrain plan --help"),
    (("plan", "numpy", "--os", "amiga"), "--os cannot be amiga", "linux, windows, wsl2, macos"),
    (("plan", "numpy", "--lang", "fr"), "--lang cannot be fr", "en, zh"),
    (("plan",), "nothing is asked for", "drivetrain plan "),
    (("up",), "nothing is asked for", "drivetrain up "),
    (("plan", "numpy", "--gpus", "a"), "--gpus cannot be a", "--gpus 0,2"),
    (("plan", "numpy=>2"), "numpy=>2 is not a requirement", "numpy>=2"),
    (("plan", "-r", "nothing.txt"), "nothing.txt cannot be read", "-r"),
    (("plan", "numpy", "--machine", "nothing.json"), "nothing.json cannot be read", "probe --save"),
    (("plan", "numpy", "--mirror", "nowhere"), "--mirror nowhere", "configured"),
    (("plan", "numpy", "--python", "/bin/sh"), "/bin/sh is no Python interpreter", "--python 3.12"),
    (("plan", "numpy", "--os", "linux", "--python", "/bin/sh"), "--python /bin/sh is an interpreter of this machine", "--python 3.12"),
    (("up", "numpy", "--os", "linux", "--gpu", "sm_89"), "up installs on this machine", "-o plan.json"),
    (("audit",), "no environment is active", "drivetrain up"),
    (("audit", "a", "--prefix", "b"), "a and --prefix b contradict each other", "one environment"),
    (("audit", "nowhere"), "nowhere", "--prefix"),
    (("audit", "a", "b"), "b is one word too many", "drivetrain audit --help"),
    (("plan", "numpy", "--offline", "--refresh"), "--offline and --refresh contradict each other", "one of them"),
    (("plan", "numpy", "--gpu", "sm_89", "--accelerator", "cpu"), "--gpu and --accelerator cpu contradict", "one of them"),
    (("plan", "numpy", "python==3.11", "--python", "3.12"), "python==3.11 and python==3.12 contradict each other", "one of them"),
    (("plan", "numpy==1.0", "numpy==2.0"), "numpy==1.0 and numpy==2.0 contradict each other", "one of them"),
    (("plan", "cuda==12.8", "--python", "3.12"), "cuda, python: nothing to install is asked for", "framework"),
    (("run",), "no command is named", "drivetrain run -- python train.py"),
    (("install",), "no plan and no lock is named", "plan ... -o plan.json"),
    (("install", "nothing.json"), "nothing.json cannot be read", "-o plan.json"),
    (("add",), "nothing is named", "drivetrain add"),
    (("remove",), "nothing is named", "drivetrain remove"),
    (("explain",), "no log and no topic is named", "drivetrain explain"),
    (("explain", "driver-to-old-for-cuda"), "driver-to-old-for-cuda is no file, and there is no page of that name", "driver-too-old-for-cuda"),
    (("explain", "--fact", "driver", "a line"), "--fact driver has no value", "--fact driver=470.57"),
    (("explain", "--facts", "nothing.json", "a line"), "nothing.json cannot be read", "a JSON object"),
    (("schema", "plann"), "there is no document plann", "plan"),
    (("completion", "tcsh"), "completion cannot be tcsh", "bash, zsh, fish, powershell"),
    (("versions", "cudn"), "the catalogue knows no cudn", "cudnn"),
]


@pytest.mark.parametrize(("words", "says", "next_line"), SLIPS, ids=[" ".join(words) for words, _, _ in SLIPS])
def test_a_slip_is_one_line_and_ends_with_2(cli: Cli, words: tuple[str, ...], says: str, next_line: str) -> None:
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    before, _, after = said.err.partition(" → ")
    assert says in before
    assert next_line in after
    document = json.loads(cli(*words, "--json").out)
    assert (document["schema"], document["says"].split()) == ("drivetrain/error/1", before.split())


def test_a_damaged_machine_file_names_the_place(cli: Cli, tmp_path: Path, machines: Path) -> None:
    content = json.loads((machines / "rtx-4090-driver-560.json").read_text())
    content["gpus"][0]["memory_total_bytes"] = "much"
    (tmp_path / "bad.json").write_text(json.dumps(content))
    said = cli("plan", "numpy", "--machine", str(tmp_path / "bad.json"))
    assert said.code == 2
    assert "bad.json: gpus[0].memory_total_bytes: expected int, got str" in said.err


def test_flags_of_every_command_may_stand_before_it() -> None:
    assert split(["--json", "--lang", "zh", "plan", "numpy"]) == ("plan", ["--json", "--lang", "zh", "numpy"])
    assert split(["--quiet"]) == (None, ["--quiet"])


@pytest.mark.parametrize(
    ("variables", "flags", "language"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, (), "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, (), "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, (), "zh"),
        ({"LANG": "zh_CN.UTF-8"}, ("--lang", "en"), "en"),
        ({"LANG": "de_DE"}, ("--lang=zh",), "zh"),
        ({"LANG": "zh_CN"}, ("run", "--", "--lang", "en"), "zh"),
        ({}, (), "en"),
    ],
)
def test_the_language_follows_flag_then_locale(variables: dict[str, str], flags: tuple[str, ...], language: str) -> None:
    assert session_of(flags, variables).language == language


@pytest.mark.parametrize(
    ("variables", "platform", "shell"),
    [
        ({"SHELL": "/usr/bin/fish"}, "linux", "fish"),
        ({"SHELL": "/bin/zsh"}, "darwin", "posix"),
        ({}, "linux", "posix"),
        ({"PROMPT": "$P$G", "PSModulePath": "x"}, "win32", "cmd"),
        ({"PSModulePath": "x"}, "win32", "powershell"),
        ({"MSYSTEM": "MINGW64", "SHELL": "/usr/bin/bash"}, "win32", "posix"),
        ({"POWERSHELL_DISTRIBUTION_CHANNEL": "x", "SHELL": "/bin/bash"}, "linux", "powershell"),
    ],
)
def test_lines_are_quoted_for_the_shell_in_use(variables: dict[str, str], platform: str, shell: str) -> None:
    assert shell_of(variables, platform) == shell


def test_lines_to_type_begin_as_the_users_own_did(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRIVETRAIN_INVOKED_AS", "./drivetrain")
    assert "make one with ./drivetrain up" in cli("audit").err
    assert "./drivetrain plan --help" in cli("--help").out
    assert "./drivetrain up" in json.loads(cli("audit", "--json").out)["next"]
    monkeypatch.setenv("DRIVETRAIN_INVOKED_AS", ".\\drivetrain")
    monkeypatch.setenv("POWERSHELL_DISTRIBUTION_CHANNEL", "test")
    assert ".\\drivetrain up" in json.loads(cli("audit", "--json").out)["next"]


@pytest.mark.parametrize(
    ("invoked", "shell", "line"),
    [
        ("./drivetrain", "/bin/bash", "./drivetrain up"),
        ("/my code/drivetrain", "/bin/bash", '"/my code/drivetrain" up'),
        ("drivetrain", "/bin/bash", "drivetrain up"),
    ],
)
def test_the_program_is_quoted_too(cli: Cli, monkeypatch: pytest.MonkeyPatch, invoked: str, shell: str, line: str) -> None:
    monkeypatch.setenv("DRIVETRAIN_INVOKED_AS", invoked)
    monkeypatch.setenv("SHELL", shell)
    assert f"make one with {line}" in cli("audit").err
    assert line in json.loads(cli("audit", "--json").out)["next"]


def test_a_prefix_is_repeated_where_a_command_takes_one(cli: Cli) -> None:
    said = cli("up", "jax", "--prefix", "env", "--dry-run", "--offline", "--accelerator", "cpu")
    assert "drivetrain up jax --accelerator cpu --prefix env" in said.out
    assert not [line for line in said.out.splitlines() if "drivetrain plan" in line and "--prefix" in line]


def test_what_the_system_says_is_said_in_chinese_too(cli: Cli, tmp_path: Path) -> None:
    for words in (("plan", "-r", "nowhere.txt"), ("plan", "numpy", "--machine", "nowhere.json"), ("install", "nowhere.json"), ("install", str(tmp_path))):
        said = cli(*words, "--lang", "zh")
        assert said.code == 2
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", said.err.partition(" → ")[0]), said.err
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in cli("plan", "numpy", "--machine", str(tmp_path / "bytes.json"), "--lang", "zh").err
    assert "expected" not in cli("plan", "jax>>2", "--lang", "zh").err
