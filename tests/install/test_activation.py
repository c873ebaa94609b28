"""Activation and programs work where the environment ends up, in every shell at hand, whatever its path looks like."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from install_orders import order_of
from msgspec.structs import replace

from drivetrain.errors import PrefixError
from drivetrain.install import EngineSettings, activated, commit, stage
from drivetrain.install.activating import keep_variables
from drivetrain.install.activation import moved_text, prompt_of
from drivetrain.install.shells import QUOTED, Variable, added
from drivetrain.model.documents import FrozenMap
from drivetrain.model.lock import Lock

SHELLS = {
    "sh": (".", "activate"),
    "dash": (".", "activate"),
    "bash": ("source", "activate"),
    "zsh": ("source", "activate"),
    "ksh": (".", "activate"),
    "fish": ("source", "activate.fish"),
    "tcsh": ("source", "activate.csh"),
    "csh": ("source", "activate.csh"),
}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory, alpha_lock: Lock, settings: EngineSettings) -> Path:
    """An environment that replaced another one, on an awkward path, whose plan needs a loader path and a variable."""
    prefix = tmp_path_factory.mktemp("activation") / "it's a $HOME with späces" / "env 環境"
    order = order_of(alpha_lock, prefix, "alpha==2.0")
    assert order.plan is not None
    plan = replace(order.plan, loader_paths=("nvidia/cudnn/lib", "nvidia/cublas/lib"), variables=FrozenMap({"XLA_FLAGS": "--data_dir={prefix}/nvvm"}))
    commit(stage(order, settings))
    commit(stage(replace(order, plan=plan), settings))
    return prefix


def site_of(prefix: Path) -> Path:
    return next(prefix.glob("lib/python*/site-packages"))


def loader_path(prefix: Path) -> str:
    return f"{site_of(prefix)}/nvidia/cudnn/lib:{site_of(prefix)}/nvidia/cublas/lib"


def asked(shell: str, script: str, prefix: Path, **variables: str) -> list[str]:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    environ = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **variables}
    flags = ["-f"] if shell in ("tcsh", "csh", "zsh") else ["--no-config"] if shell == "fish" else []
    done = subprocess.run([program, *flags, "-c", script], cwd=prefix, env=environ, capture_output=True, text=True, timeout=30, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_activation_finds_the_programs_and_deactivation_restores(shell: str, prefix: Path) -> None:
    source, file = SHELLS[shell]
    show = "printenv LD_LIBRARY_PATH || echo unset; printenv XLA_FLAGS || echo unset; printenv VIRTUAL_ENV || echo unset"
    script = f"{source} ./bin/{file}; alpha-run; command -v python; {show}; deactivate; {show}"
    if shell in ("tcsh", "csh"):
        # csh reads aliases line by line, and -c counts as one line.
        script = script.replace("command -v", "which").replace("; deactivate;", "\ndeactivate\n").replace("activate.csh;", "activate.csh\n")
    lines = asked(shell, script, prefix)
    assert lines == [
        f"alpha runs in {prefix}",
        f"{prefix}/bin/python",
        loader_path(prefix),
        f"--data_dir={prefix}/nvvm",
        str(prefix),
        "unset",
        "unset",
        "unset",
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_was_set_before_stays_behind_ours_and_comes_back(shell: str, prefix: Path) -> None:
    source, file = SHELLS[shell]
    show = "printenv LD_LIBRARY_PATH; printenv XLA_FLAGS"
    script = f"{source} ./bin/{file}\n{show}\ndeactivate\n{show}"
    lines = asked(shell, script, prefix, LD_LIBRARY_PATH="/old/a:/old b", XLA_FLAGS="--theirs")
    assert lines == [f"{loader_path(prefix)}:/old/a:/old b", f"--data_dir={prefix}/nvvm", "/old/a:/old b", "--theirs"]


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh", "fish"])
def test_activating_twice_changes_nothing_more(shell: str, prefix: Path) -> None:
    source, file = SHELLS[shell]
    lines = asked(
        shell, f"{source} ./bin/{file}; {source} ./bin/{file}; printenv LD_LIBRARY_PATH; deactivate; printenv LD_LIBRARY_PATH", prefix, LD_LIBRARY_PATH="/old"
    )
    assert lines == [f"{loader_path(prefix)}:/old", "/old"]


def test_strict_shells_are_not_upset(prefix: Path) -> None:
    assert asked("bash", "set -euo pipefail; source ./bin/activate; deactivate; echo fine", prefix) == ["fine"]


def test_no_file_names_the_folder_it_was_staged_in(prefix: Path) -> None:
    for path in [*(prefix / "bin").iterdir(), prefix / "pyvenv.cfg"]:
        if path.is_file() and not path.is_symlink():
            assert b".drivetrain" not in path.read_bytes(), path


UNSET = "printenv KERAS_BACKEND || echo unset; printenv JAX_PLATFORMS || echo unset"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, alpha_lock: Lock, settings: EngineSettings) -> Path:
    """An environment in which `fix` keeps a variable that is unset, one that is set, and one that the plan sets otherwise."""
    prefix = tmp_path_factory.mktemp("kept") / "it's kept"
    order = order_of(alpha_lock, prefix, "alpha==2.0")
    assert order.plan is not None
    order = replace(order, plan=replace(order.plan, variables=FrozenMap({"XLA_FLAGS": "--planned"})))
    commit(stage(order, settings))
    keep_variables(prefix, {"KERAS_BACKEND": None, "JAX_PLATFORMS": "it's cuda", "XLA_FLAGS": None}, settings)
    return prefix


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("before", [{}, {"KERAS_BACKEND": "an old one", "JAX_PLATFORMS": "an old one"}], ids=["unset", "set"])
def test_kept_variables_are_set_and_unset_and_deactivation_restores(shell: str, before: dict[str, str], kept: Path) -> None:
    source, file = SHELLS[shell]
    lines = asked(shell, f"{source} ./bin/{file}\n{UNSET}\nprintenv XLA_FLAGS\ndeactivate\n{UNSET}", kept, **before)
    old = before.get("KERAS_BACKEND", "unset")
    assert lines == ["unset", "it's cuda", "--planned", old, old]


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh", "fish"])
def test_activating_twice_loses_nothing_that_was_unset(shell: str, kept: Path) -> None:
    source, file = SHELLS[shell]
    lines = asked(shell, f"{source} ./bin/{file}; {source} ./bin/{file}; {UNSET}; deactivate; {UNSET}", kept, KERAS_BACKEND="old", JAX_PLATFORMS="old")
    assert lines == ["unset", "it's cuda", "old", "old"]


def test_a_command_finds_kept_variables_and_what_replaces_the_environment_keeps_them(kept: Path, alpha_lock: Lock, settings: EngineSettings) -> None:
    assert asked("bash", "set -euo pipefail; source ./bin/activate; deactivate; echo fine", kept) == ["fine"]
    inside = activated(kept, {"KERAS_BACKEND": "old", "XLA_FLAGS": "old"})
    assert (inside.get("KERAS_BACKEND"), inside["JAX_PLATFORMS"], inside["XLA_FLAGS"]) == (None, "it's cuda", "--planned")
    again = stage(order_of(alpha_lock, kept, "alpha==2.0"), settings)
    assert "KERAS_BACKEND" not in activated(again.path, {"KERAS_BACKEND": "old"})
    commit(again)
    # The new plan sets XLA_FLAGS no longer, so what is kept of it counts.
    assert asked("bash", f"source ./bin/activate; {UNSET}; printenv XLA_FLAGS || echo unset", kept, KERAS_BACKEND="old", XLA_FLAGS="old") == [
        "unset",
        "it's cuda",
        "unset",
    ]


def test_variables_are_kept_in_an_environment_of_ours_alone(tmp_path: Path, settings: EngineSettings) -> None:
    theirs = tmp_path / "theirs"
    (theirs / "bin").mkdir(parents=True)
    (theirs / "bin" / "activate").write_text("# theirs\n")
    with pytest.raises(PrefixError, match="nothing in it was touched"):
        keep_variables(theirs, {"KERAS_BACKEND": None}, settings)
    assert (theirs / "bin" / "activate").read_text() == "# theirs\n"


def test_a_command_gets_the_variables_that_activation_would_set(prefix: Path) -> None:
    inside = activated(prefix, {"PATH": "/usr/bin", "PYTHONHOME": "/wrong", "LD_LIBRARY_PATH": "/old"})
    assert inside == {
        "PATH": f"{prefix}/bin:/usr/bin",
        "VIRTUAL_ENV": str(prefix),
        "LD_LIBRARY_PATH": f"{loader_path(prefix)}:/old",
        "XLA_FLAGS": f"--data_dir={prefix}/nvvm",
    }


def test_kernelspecs_and_pth_files_follow_without_touching_the_cache(tmp_path: Path) -> None:
    staged, final = tmp_path / "staged", tmp_path / "final"
    spec = staged / "share" / "jupyter" / "kernels" / "mine" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": [f"{staged}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]}))
    cached = tmp_path / "cached.json"
    os.link(spec, cached)
    pth = staged / "lib" / "python3.11" / "site-packages" / "mine.pth"
    pth.parent.mkdir(parents=True)
    pth.write_text("import os\n")
    assert moved_text(staged, final) == (spec,)
    assert json.loads(spec.read_text())["argv"][0] == f"{final}/bin/python"
    assert json.loads(cached.read_text())["argv"][0] == f"{staged}/bin/python"
    assert pth.read_text() == "import os\n"


def test_shells_without_a_shell_here_get_their_own_quotes() -> None:
    assert QUOTED[".ps1"]("it's") == "'it''s'"
    assert QUOTED[".bat"]("50%") == '"50%%"'
    assert QUOTED[".nu"]('a"b') == '"a\\"b"'
    assert QUOTED[".csh"]("hi!") == "'hi\\!'"
    path = Variable(name="LD_LIBRARY_PATH", value="/x", before=True)
    powershell = added("function global:deactivate([switch] $NonDestructive) {\n}\n", "activate.ps1", (path,))
    assert "$env:LD_LIBRARY_PATH = '/x' + " in powershell
    assert powershell.index("$global:_DRIVETRAIN_OLD_LD_LIBRARY_PATH") < powershell.index("New-Variable")


def test_the_prompt_is_the_projects_name_where_the_folder_is_hidden() -> None:
    assert prompt_of(Path("/home/me/project/.venv")) == "project"
    assert prompt_of(Path("/home/me/project/tf")) == "tf"
    assert prompt_of(Path("/home/me/my $project/.venv")) == ".venv"


def test_a_variable_that_is_unset_is_so_in_shells_that_are_not_here() -> None:
    gone = Variable(name="KERAS_BACKEND", value=None)
    powershell = added("function global:deactivate([switch] $NonDestructive) {\n}\n", "activate.ps1", (gone,))
    assert "-Name _DRIVETRAIN_OLD_KERAS_BACKEND -Value $env:KERAS_BACKEND\nRemove-Item Env:KERAS_BACKEND -ErrorAction SilentlyContinue\n" in powershell
    assert "$env:KERAS_BACKEND = $global:_DRIVETRAIN_OLD_KERAS_BACKEND" in powershell.partition("New-Variable")[0]
    assert "    load-env $new_env\n    hide-env --ignore-errors KERAS_BACKEND\n" in added("    load-env $new_env\n", "activate.nu", (gone,))
    cmd = added("@rem\r\n", "activate.bat", (gone,))
    assert '@set "_DRIVETRAIN_OLD_KERAS_BACKEND=%KERAS_BACKEND%"' in cmd
    assert cmd.endswith('@set "KERAS_BACKEND="\r\n')
    assert '@set "KERAS_BACKEND=%_DRIVETRAIN_OLD_KERAS_BACKEND%"' in added("@rem", "deactivate.bat", (gone,))
