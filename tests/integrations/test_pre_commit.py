"""The hooks for other repositories: the manifest by itself, and pre-commit really running them on a tiny repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from scan.making import contents, lay, uv_venv, venv

from drivetrain.cli.dispatch import split
from drivetrain.cli.listing import entries
from drivetrain.cli.parser import parser_of
from drivetrain.cli.session import Session
from drivetrain.workflows.prefixes import active_prefix

from house import ROOT

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS: dict[str, dict[str, Any]] = {each["id"]: each for each in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}
SHIPPED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml", "src")


@pytest.mark.parametrize("hook", HOOKS.values(), ids=list(HOOKS))
def test_a_hook_types_what_the_program_understands(hook: dict[str, Any]) -> None:
    from importlib import import_module

    program, *words = [*shlex.split(hook["entry"]), *hook.get("args", [])]
    name, rest = split(words)
    assert program == "drivetrain"
    module = import_module(f"drivetrain.cli.{next(each.module for each in entries() if each.name == name)}")
    _, left = parser_of(module, str(name), Session()).parse_known_args(rest)
    assert not left
    assert hook["language"] == "python"


@pytest.mark.parametrize(
    "path", ["requirements.txt", "deploy/requirements-gpu.txt", "requirements.in", "pyproject.toml", "environment.yml", "pylock.gpu.toml", "uv.lock"]
)
def test_the_plan_is_made_when_what_it_reads_changes(path: str) -> None:
    assert re.search(HOOKS["drivetrain-plan"]["files"], path)
    assert not re.search(HOOKS["drivetrain-plan"]["files"], f"{path}.md")


def test_pre_commits_own_environment_is_not_the_one_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DRIVETRAIN_INVOKED_AS", raising=False)
    monkeypatch.delenv("PRE_COMMIT", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert active_prefix() == sys.prefix
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert active_prefix() is None
    monkeypatch.setenv("VIRTUAL_ENV", "/srv/envs/train")
    assert active_prefix() == "/srv/envs/train"


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


@pytest.fixture
def pre_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Gives pre-commit, in a repository of its own."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "somebody@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "hooks"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("DRIVETRAIN_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "DRIVETRAIN_INVOKED_AS"):
        monkeypatch.delenv(name, raising=False)
    prefix = uv_venv(tmp_path / "tool")
    subprocess.run([sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(prefix), "pre-commit"], check=True)
    program = prefix / ("Scripts" if os.name == "nt" else "bin") / "pre-commit"

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *words], cwd=tmp_path / "project", capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """A repository that holds what ours ships, as it lies here."""
    folder = tmp_path / "drivetrain"
    folder.mkdir()
    for each in SHIPPED:
        source = ROOT / each
        _ = shutil.copytree(source, folder / each, ignore=shutil.ignore_patterns("__pycache__")) if source.is_dir() else shutil.copy(source, folder / each)
    return committed(folder)


def committed(folder: Path) -> Path:
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "all of it")
    return folder


@pytest.mark.install
@pytest.mark.timeout(900)
def test_pre_commit_runs_them(pre_commit: Callable[..., subprocess.CompletedProcess[str]], hooks: Path, tmp_path: Path) -> None:
    assert pre_commit_manifest_is_valid(tmp_path / "tool")
    project = tmp_path / "project"
    site = venv(project / ".venv")
    lay(site, contents("numpy", "2.1.0"))
    (project / ".gitignore").write_text(".venv/\n")
    (project / "requirements.txt").write_text("numpy>=2\n")
    committed(project)

    healthy = pre_commit("try-repo", str(hooks), "drivetrain-audit", "--verbose", "--all-files")
    assert healthy.returncode == 0, healthy.stdout + healthy.stderr
    assert ".venv  nothing is wrong" in healthy.stdout

    head = subprocess.run(["git", "-C", str(hooks), "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    listed = [{"id": "drivetrain-audit"}, {"id": "drivetrain-plan", "args": ["--offline", "-r", "requirements.txt", "--os", "linux", "--accelerator", "cpu"]}]
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": str(hooks), "rev": head, "hooks": listed}]}))
    lay(site, contents("oldthing", "1.0", {}, ["numpy<2"]))
    (project / "requirements.txt").write_text("numpy>=2\nnumpy<2\n")
    git(project, "add", ".")
    broken = pre_commit("run")
    assert broken.returncode == 1
    assert broken.stdout.count("Failed") == 2, broken.stdout + broken.stderr
    assert "oldthing 1.0 requires numpy<2, installed is 2.1.0" in broken.stdout
    assert "- exit code: 3" in broken.stdout


def pre_commit_manifest_is_valid(tool: Path) -> bool:
    program = tool / ("Scripts" if os.name == "nt" else "bin") / "pre-commit"
    return subprocess.run([program, "validate-manifest", str(MANIFEST)], check=False).returncode == 0
