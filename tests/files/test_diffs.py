"""A way out is shown as a diff of the file itself: `patch` takes it, and the patched file is planned as the way out promised."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from real_files import FOLDER, RealFile, facts, machine_named, real_files

from drivetrain.formats.alteration import Alteration, Altered
from drivetrain.formats.altered_file import altered_text
from drivetrain.formats.file_kind import request_file
from drivetrain.model.plan import Plan, Refusal
from drivetrain.solve import solve
from drivetrain.workflows.asking import Asked, request_from, text_of
from drivetrain.workflows.file_changes import unified, with_diffs

PATCH = shutil.which("patch")
QUICK = ("01-inkwell-diffusion", "10-chainlink", "25-finchnet", "33-poetrycorner", "36-forkedpath", "39-wheelhouse", "16-numpyshift")
"""Files of each kind that are patched in every run; the others in the runs that may ask the index."""


def cases(*, quick: bool) -> list[Any]:
    return [
        pytest.param(
            file,
            machine,
            sources,
            id=f"{file.folder}/{machine}/{sources}",
            marks=[pytest.mark.xfail(reason=reason, strict=True) for reason in file.expected.get("open_diffs", {}).values()],
        )
        for file in real_files()
        if (file.folder in QUICK) == quick
        for machine, sources in (("rtx5090", "index"), ("rtx5090", "all"), ("rtx3090", "index"), ("v100", "index"))
        if not quick or machine == "rtx5090" or file.folder.startswith("16")
    ]


def patched(file: RealFile, machine: str, sources: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Patches a copy of the file with each diff, and gives what is then planned in another way than promised."""
    faults = []
    monkeypatch.chdir(folder)
    home = folder / "asked"
    shutil.copytree(FOLDER / file.folder, home)
    groups = file.expected.get("groups")
    name = f"asked/{file.expected['file']}"
    argument = f"{name}[{','.join(groups)}]" if groups else name

    def asked() -> Any:
        return request_from(Asked(files=(argument,), sources=sources, engine="pip"))[0]

    request = asked()
    answer = solve(request, machine_named(machine), facts())
    if isinstance(answer, Plan):
        return []
    for way in with_diffs(answer, request, machine_named(machine), facts()).relaxations:
        if not way.diff:
            continue
        shutil.rmtree(home)
        shutil.copytree(FOLDER / file.folder, home)
        done = subprocess.run([PATCH or "patch", "-p0", "--fuzz=0"], input=way.diff.encode(), capture_output=True, check=False)
        assert done.returncode == 0, (way.diff, done.stdout)
        again = solve(
            asked() if not way.change.sources else request_from(Asked(files=(argument,), sources="all", engine="pip"))[0], machine_named(machine), facts()
        )
        if isinstance(again, Refusal):
            faults.append(f"{way.says}: {[each.says for each in again.refusal]}\n{way.diff}")
        elif way.change.accelerator != "cpu":
            promised = {each.name: each.version for each in way.plan.packages if each.requested}
            found = {each.name: each.version for each in again.packages if each.requested}
            faults += [f"{way.says}: {promised} became {found}\n{way.diff}"] if promised != found else []
    return faults


@pytest.mark.skipif(PATCH is None, reason="there is no patch on this machine")
@pytest.mark.parametrize(("file", "machine", "sources"), cases(quick=True))
def test_the_patched_file_is_planned_as_promised(file: RealFile, machine: str, sources: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not patched(file, machine, sources, tmp_path, monkeypatch)


@pytest.mark.index
@pytest.mark.skipif(PATCH is None, reason="there is no patch on this machine")
@pytest.mark.parametrize(("file", "machine", "sources"), cases(quick=False))
def test_every_patched_file_is_planned_as_promised(file: RealFile, machine: str, sources: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not patched(file, machine, sources, tmp_path, monkeypatch)


def altered(kind: Any, text: str, *alterations: Alteration, **more: Any) -> str | None:
    return altered_text(kind, text, Altered(alterations=alterations, **more))


TORCH = Alteration(line=1, name="torch", instead="torch", specifier="==2.10.0")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("torch==1.13.1\n", "torch==2.10.0\n"),
        ("Torch == 1.13.1   # the last that worked\r\n", "Torch==2.10.0   # the last that worked\r\n"),
        ('torch>=1.8,<2; sys_platform == "linux"\n', 'torch==2.10.0; sys_platform == "linux"\n'),
        ("torch==1.13.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nnumpy\n", "torch==2.10.0\nnumpy\n"),
        ("torch @ https://files.example/torch-1.13.1-cp310-cp310-linux_x86_64.whl ; python_version < '3.11'", "torch==2.10.0 ; python_version < '3.11'\n"),
        ("https://files.example/torch-1.13.1-cp310-cp310-linux_x86_64.whl\n", "torch==2.10.0\n"),
    ],
)
def test_a_line_keeps_what_is_beside_the_requirement(before: str, after: str) -> None:
    assert altered("requirements", before, TORCH) == after


def test_a_name_that_was_given_up_is_replaced_and_an_extra_is_the_plans() -> None:
    new = Alteration(line=1, name="tensorflow-gpu", instead="tensorflow", extras=("and-cuda",), specifier="==2.20.0")
    assert altered("requirements", "tensorflow_gpu==2.4.1\n", new) == "tensorflow[and-cuda]==2.20.0\n"


def test_a_line_that_holds_something_else_is_left_alone() -> None:
    assert altered("requirements", "numpy==1.26\n", TORCH) is None
    assert altered("uv-lock", "version = 1\n", TORCH) is None


def test_an_index_of_one_build_becomes_that_of_the_plan_and_a_missing_one_is_added() -> None:
    text = "torch==1.13.1+cu117\n--extra-index-url https://whl.example/cu117\n-f https://whl.example/cu117/torch_stable.html\n"
    new = altered("requirements", text, TORCH, addresses=(("https://whl.example/cu117", "https://whl.example/cu128"),))
    assert new is not None
    assert "--extra-index-url https://whl.example/cu128\n" in new
    assert altered("requirements", "torch\n", TORCH, added=(("torch", "https://whl.example/cu128"),)) == (
        "--extra-index-url https://whl.example/cu128\ntorch==2.10.0\n"
    )


def test_a_project_without_an_index_gets_one_that_serves_what_needs_it_alone() -> None:
    new = altered("pyproject", '[project]\ndependencies = ["torch>=1.8", "numpy"]', replaced(TORCH, 2), added=(("torch", "https://whl.example/cu128"),))
    assert new is not None
    read = request_file("pyproject.toml", new, text_of)
    assert [(each.name, each.specifier, each.index) for each in read.wishes] == [("torch", "==2.10.0", "https://whl.example/cu128"), ("numpy", "", "")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('torch = "^1.13"', 'torch = "2.10.0"'),
        ('torch = { version = "1.13.1+cu117", source = "torchcu117" }', 'torch = { version = "2.10.0", source = "torchcu117" }'),
        ("    \"torch>=1.13,<2 ; sys_platform == 'linux'\",", "    \"torch==2.10.0 ; sys_platform == 'linux'\","),
        ('cu117 = ["torch[opt-einsum]==1.13.1", "numpy"]', 'cu117 = ["torch==2.10.0", "numpy"]'),
    ],
)
def test_each_way_of_writing_a_requirement_in_a_project(before: str, after: str) -> None:
    assert altered("pyproject", before + "\n", TORCH) == after + "\n"


def test_a_requirement_of_a_project_can_go() -> None:
    gone = Alteration(line=2, name="xformers")
    assert altered("pyproject", 'dependencies = [\n    "xformers==0.0.20",\n    "torch",\n]\n', gone) == 'dependencies = [\n    "torch",\n]\n'
    assert altered("pyproject", '\ndependencies = ["xformers==0.0.20", "torch"]\n', gone) == '\ndependencies = ["torch"]\n'


def test_a_conda_package_that_changes_moves_to_the_pip_section_and_takes_its_cuda_along() -> None:
    text = "dependencies:\n  - python=3.8\n  - pytorch::pytorch=1.12\n  - cudatoolkit=11.3\n  - numpy\n"
    new = altered(
        "environment",
        text,
        Alteration(line=2, name="python", instead="python", specifier="==3.12"),
        replaced(TORCH, 3),
        Alteration(line=4, name="cuda"),
    )
    assert new == "dependencies:\n  - python=3.12\n  - numpy\n  - pip\n  - pip:\n      - torch==2.10.0\n"


def test_a_diff_tells_of_a_missing_line_end() -> None:
    assert unified("f", "a", "b").endswith("+b\n\\ No newline at end of file\n")


def replaced(alteration: Alteration, line: int) -> Alteration:
    return Alteration(line=line, name=alteration.name, instead=alteration.instead, specifier=alteration.specifier)
