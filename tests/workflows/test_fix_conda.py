"""What `fix` makes of a prefix of conda's: conda is asked for what conda installed, in its own names and builds; the rest is planned beside that."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fixes import Run, document

from drivetrain.catalogue import Catalogue
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.fixing import Difference
from drivetrain.model.outcome import Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.model.request import Request
from drivetrain.model.site_folder import CondaPackage, EnvironmentPython
from drivetrain.report.shell import Shell
from drivetrain.workflows.conda_owned import conda_lines
from drivetrain.workflows.differing import staying_in
from drivetrain.workflows.mending import Facts, gathered
from drivetrain.workflows.owner_commands import Hand, commands_for


@cache
def shipped() -> Catalogue:
    return catalogue()


def one(name: str, version: str, *requires: str, installer: str = "conda", **more: Any) -> Installed:
    return Installed(name=name, version=version, path=f"{name}-{version}.dist-info", requires=requires, installer=installer, **more)


def package(name: str, version: str, distribution: str = "", **more: Any) -> CondaPackage:
    return CondaPackage(name=name, version=version, build="h1_0", distribution=distribution, **more)


PREFIX = Environment(
    prefix="/opt/env",
    kind="conda",
    python="3.11.9",
    interpreter=EnvironmentPython(executable="bin/python3.11"),
    installed=(
        one("torch", "2.5.1", "numpy", "sympy"),
        one("numpy", "2.2.1"),
        one("sympy", "1.13"),
        one("pandas", "2.0.3", "numpy", "pytz", installer="pip", requested=True),
        one("idna", "3.10", installer="pip"),
    ),
    conda=(package("pytorch", "2.5.1", "torch"), package("numpy", "2.2.1", "numpy"), package("sympy", "1.13", "sympy"),
           package("idna", "3.7", "idna", replaced_by="3.10"), package("cudnn", "9.3")),
)  # fmt: skip


def finding(about: str, **edit: Any) -> Outcome:
    fix = Fix(says="do it", edit=Edit(**edit))
    return Outcome(cause="dependency-pin-conflict", state="found", severity="error", about=about, says="it is wrong", fix=(fix,))


def facts(**more: Any) -> Facts:
    return Facts(environment=PREFIX, request=Request(wishes=(wish_of("pandas"), wish_of("torch"))), catalogue=shipped(), ours=False, **more)


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        ({"require": ("numpy<2,>=1.22",)}, ('conda install --prefix /opt/env "numpy<2,>=1.22"',)),
        ({"require": ("torch==2.5.*",)}, ('conda install --prefix /opt/env "pytorch 2.5.*"',)),
        ({"require": ("torch==2.5.1",)}, ("conda install --prefix /opt/env --force-reinstall pytorch=2.5.1=h1_0",)),
        ({"require": ("torch",)}, ("conda update --prefix /opt/env pytorch",)),
        ({"drop": ("torch",), "require": ("numpy>=2.3",)}, ("conda remove --prefix /opt/env pytorch", 'conda install --prefix /opt/env "numpy>=2.3"')),
        ({"require": ("idna>=4",)}, ()),
    ],
)
def test_conda_is_asked_in_its_own_words(edit: dict[str, Any], lines: tuple[str, ...]) -> None:
    assert conda_lines(Edit(**edit), PREFIX, "posix") == lines


@pytest.mark.parametrize(("shell", "word"), [("posix", '"numpy<2"'), ("powershell", "'numpy<2'")])
def test_what_conda_installed_is_told_and_the_rest_planned_without_being_bound_to_it(shell: Shell, word: str) -> None:
    found = gathered((finding("numpy", require=("numpy<2",)), finding("pandas", require=("pytz>=2020",))), facts(shell=shell))
    assert [job.finding.about for job in found.jobs] == ["pandas"]
    (told,) = found.others
    assert (told.planned, told.safety) == (False, "shown")
    assert told.commands == (f"conda install --prefix /opt/env {word}",)
    # Whatever NumPy conda brings, pandas stays: it only lacks something.
    assert found.freed == {"numpy"}


def test_putting_files_back_frees_nothing() -> None:
    found = gathered((finding("numpy", require=("numpy==2.2.1",)),), facts())
    assert found.others[0].commands == ("conda install --prefix /opt/env --force-reinstall numpy=2.2.1=h1_0",)
    assert found.freed == frozenset()


def test_what_a_plan_of_the_rest_lacks_or_has_otherwise_stays() -> None:
    assert {"torch", "numpy", "sympy", "idna"} <= staying_in(PREFIX, ["pandas", "numpy", "pytz"], frozenset())


def test_each_tool_is_typed_with_the_python_that_is_there() -> None:
    changes = (Difference(name="pytz", after="2026.1"), Difference(name="pandas", before="2.0.3", after="2.2.0"))
    assert commands_for(changes, ("sympy",), Hand(prefix="/opt/env", environment=PREFIX)) == (
        "conda install --prefix /opt/env --force-reinstall sympy=1.13=h1_0",
        "/opt/env/bin/python3.11 -m pip install pytz==2026.1 pandas==2.2.0",
    )
    windows = Environment(prefix="C:\\env", kind="conda", platform="windows", installed=PREFIX.installed)
    hand = Hand(prefix="C:\\env", environment=windows, shell="cmd", windows=True)
    assert commands_for(changes[:1], (), hand) == ("C:\\env\\python.exe -m pip install pytz==2026.1",)


def test_what_came_from_a_file_comes_from_there_again() -> None:
    here = Environment(prefix="/env", installed=(one("torch", "2.13.0+cpu", installer="uv", url="file:///srv/torch.whl"),))
    assert commands_for((), ("torch",), Hand(prefix="/env", environment=here)) == (
        'uv pip install --python /env/bin/python --reinstall-package torch "torch @ file:///srv/torch.whl"',
    )


@pytest.mark.install
@pytest.mark.timeout(300)
def test_a_real_prefix_that_pip_broke(drivetrain: Run, project: Path, wheels: Path, make_wheel: Any) -> None:
    """pip has put a SciPy into it that needs an older NumPy than conda's and something else, and filelock beside conda's own."""
    script = Path(__file__).parents[1] / "environments" / "conda_channel.py"
    words = [
        sys.executable,
        "-m",
        "uv",
        "run",
        "--quiet",
        "--no-project",
        "--python",
        "3.11",
        "--with",
        "py-rattler",
        "--with",
        "zstandard",
        "python",
        script,
        project,
    ]
    made = subprocess.run(words, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    prefix = project / "prefix"
    site = prefix / "lib/python3.11/site-packages"
    for name, version, requires in (("scipy", "1.11.4", "Requires-Dist: numpy<1.28\nRequires-Dist: alpha\n"), ("filelock", "4.0", "")):
        info = site / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}")
        (info / "INSTALLER").write_text("pip\n")
        (info / "RECORD").write_text(f"{info.name}/METADATA,,\n{info.name}/INSTALLER,,\n{info.name}/RECORD,,\n")
    make_wheel(project, "scipy", "1.11.4", ("numpy<1.28", "alpha"))
    make_wheel(project, "numpy", "1.26.4")
    shown = document(drivetrain("fix", "prefix", "--json", PIP_FIND_LINKS=f"{project} {wheels}"), 1)
    by_hand = {each["causes"][0]: each["commands"] for each in shown["edits"] if not each["planned"]}
    assert by_hand["dependency-pin-conflict"] == [f'conda install --prefix {prefix} "numpy<1.28"']
    *uninstalls, conda = by_hand["environment-incomplete"]
    assert uninstalls == [f"{prefix}/bin/python3.11 -m pip uninstall --yes filelock"] * 2
    assert conda.startswith(f"conda install --prefix {prefix} --force-reinstall filelock=3.16.1=")
    assert shown["commands"] == ["prefix/bin/python3.11 -m pip install alpha==1.0 beta==2.0"]
    # Nothing of conda's changes, and PyTorch's own CUDA wheels do not come beside conda's.
    assert [each["name"] for each in shown["changes"]] == ["alpha", "beta"]
    assert not shown["ours"]
    assert drivetrain("fix", "prefix", "--apply").returncode == 2
