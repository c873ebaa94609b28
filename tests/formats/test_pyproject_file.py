"""pyproject.toml: PEP 621, dependency groups, uv's and poetry's tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.alternatives import spanning
from drivetrain.formats.file_kind import request_file
from drivetrain.formats.poetry_version import specifier_of
from drivetrain.model.request import RequestFile

FILES = Path(__file__).with_name("files")


def project(text: str, *groups: str, **others: str) -> RequestFile:
    return request_file("pyproject.toml", text, lambda name: others[name.replace(".", "_")], groups=groups)


def named(found: RequestFile) -> dict[str, str]:
    return {wish.name: wish.specifier for wish in found.wishes}


def test_a_project_of_uv() -> None:
    found = project((FILES / "locked" / "pyproject.toml").read_text())
    assert [(wish.name, wish.specifier, wish.marker, wish.url, wish.index) for wish in found.wishes] == [
        ("python", ">=3.10,<3.13", "", "", ""),
        ("torch", ">=2.4", "", "", ""),
        ("torch", ">=2.4", 'sys_platform == "linux"', "", "https://index.example/whl/cu124"),
        ("transformers", "", "", "git+https://git.example/hub/transformers@0123abc", ""),
        ("triton", "", 'sys_platform == "linux"', "", ""),
    ]
    assert found.wishes[1].origin == "pyproject.toml:6"
    assert found.wishes[3].text == "transformers @ git+https://git.example/hub/transformers@0123abc"
    assert [wish.text for wish in found.constraints] == ["protobuf<6"]
    assert found.indexes == ("https://packages.example/simple",)
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("pyproject.toml:21: override-dependencies numpy==1.26.4")


def test_extras_and_groups_come_when_asked_for() -> None:
    text = (FILES / "locked" / "pyproject.toml").read_text()
    assert {"fastapi", "opentelemetry-api", "ruff", "pytest"} <= set(named(project(text, "serve", "dev")))
    assert "ruff" not in named(project(text, "test"))
    with pytest.raises(UsageError) as error:
        project(text, "docs")
    assert error.value.next == "it has dev, serve, test, tracing"


def test_a_project_of_poetry() -> None:
    found = project((FILES / "poetry" / "pyproject.toml").read_text())
    cu118 = "https://index.example/whl/cu118"
    assert [(wish.name, wish.specifier, wish.marker, wish.url, wish.index) for wish in found.wishes] == [
        ("python", ">=3.10,<4", "", "", ""),
        ("torch", ">=2.1.2,<2.2", "", "", cu118),
        ("torchvision", "", "", "", cu118),
        ("tensorflow", "==2.10.*", 'sys_platform == "win32"', "", ""),
        ("tensorflow", ">=2.13,<3", 'sys_platform == "linux" and python_full_version < "3.12"', "", ""),
        ("numpy", ">=1.20,<4", "", "", ""),
        ("detector", "", "", "git+https://git.example/lab/detector.git@v1.2", ""),
        ("helpers", "", "", "../helpers", ""),
        ("click", "==8.1.7", "", "", ""),
        ("tqdm", ">=4,<5", "", "", ""),
        ("broken", "", "", "", ""),
    ]
    wishes = {wish.name: wish for wish in found.wishes}
    assert wishes["detector"].extras == ("gpu",)
    assert wishes["helpers"].editable
    assert wishes["torch"].origin == "pyproject.toml:9"
    assert found.indexes == ("https://packages.example/simple",)
    assert [warning.split(": ")[0] for warning in found.warnings] == ["pyproject.toml:15", "pyproject.toml:21"]


def test_poetry_groups_and_extras() -> None:
    text = (FILES / "poetry" / "pyproject.toml").read_text()
    assert named(project(text, "dev"))["pytest"] == ">=7.4,<8"
    assert named(project(text, "export"))["onnx"] == ">=1.15,<2"
    assert "onnx" not in named(project(text))
    assert named(project('[tool.poetry.dependencies]\npython="*"\n[tool.poetry.dev-dependencies]\nblack="^22"\n', "dev"))["black"] == ">=22,<23"


def test_poetry_two_ties_the_requirements_of_the_project() -> None:
    found = project(
        '[project]\nname="x"\nrequires-python=">=3.10"\ndependencies=["torch==2.4.1", "lab"]\n'
        '[tool.poetry.dependencies]\ntorch={source="cu124"}\nlab={git="https://git.example/lab.git", branch="main"}\n'
        '[[tool.poetry.source]]\nname="cu124"\nurl="https://index.example/whl/cu124"\npriority="explicit"\n'
    )
    assert [(wish.name, wish.specifier, wish.url, wish.index) for wish in found.wishes] == [
        ("python", ">=3.10", "", ""),
        ("torch", "==2.4.1", "", "https://index.example/whl/cu124"),
        ("lab", "", "git+https://git.example/lab.git@main", ""),
    ]


@pytest.mark.parametrize(
    ("constraint", "specifier"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("*", ""),
        ("1.2.*", "==1.2.*"),
        ("1.2", "==1.2"),
        ("= 1.2", "==1.2"),
        (">=1.2,<1.5", ">=1.2,<1.5"),
        (">=1.2 <1.5", ">=1.2,<1.5"),
        ("~=1.4.2", "~=1.4.2"),
        ("!=1.3", "!=1.3"),
        ("==1.13.1+cu117", "==1.13.1+cu117"),
        ("latest", None),
        ("^what", None),
        ("1 || 2", None),
    ],
)
def test_versions_as_poetry_writes_them(constraint: str, specifier: str | None) -> None:
    assert specifier_of(constraint) == specifier


@pytest.mark.parametrize(
    ("specifiers", "span"),
    [
        (["==1.3.*", "==1.4.*"], ">=1.3,<1.5"),
        (["==1.3", "==1.4"], ">=1.3,<=1.4"),
        ([">=1.20,<2.0", ">=3,<4"], ">=1.20,<4"),
        ([">=3,<4", "~=1.4.2"], ">=1.4.2,<4"),
        ([">=2", "<1"], ""),
        ([">1,<2", ""], ""),
        ([">1", ">=3,<4"], ">1"),
        ([">1,<2", ">=1,<=2"], ">=1,<=2"),
    ],
)
def test_alternatives_become_the_range_that_holds_them(specifiers: list[str], span: str) -> None:
    assert spanning(specifiers) == span


def test_requirements_that_setuptools_keeps_in_files() -> None:
    found = project(
        '[project]\nname="x"\ndynamic=["dependencies","optional-dependencies"]\n[tool.setuptools.dynamic]\ndependencies={file=["requirements.txt"]}\n'
        'optional-dependencies.gpu={file="gpu.txt"}\n',
        "gpu",
        requirements_txt="torch\n-r more.txt\n",
        more_txt="jax\n",
        gpu_txt="cupy-cuda12x\n",
    )
    assert [(wish.name, wish.origin) for wish in found.wishes] == [("torch", "requirements.txt:1"), ("jax", "more.txt:1"), ("cupy-cuda12x", "gpu.txt:1")]


def test_requirements_that_only_a_build_makes_are_said_to_be_unknown() -> None:
    found = project('[project]\nname="x"\ndynamic=["dependencies"]\n')
    assert found.wishes == ()
    assert found.warnings == ("pyproject.toml: project.dependencies is made while the project is built; what it asks for is not known",)


def test_slips_are_named_with_their_line() -> None:
    found = project('[project]\nname = "x"\ndependencies = [\n "torch=2.6",\n 3,\n "jax",\n]\n')
    assert [wish.name for wish in found.wishes] == ["jax"]
    assert any(warning.startswith("pyproject.toml:4: torch=2.6") for warning in found.warnings)
    assert "pyproject.toml: project.dependencies[1] is no requirement and was left out" in found.warnings


def test_what_is_damaged_is_an_error_with_its_place() -> None:
    with pytest.raises(FileError, match=r"pyproject\.toml is not valid TOML: .*line 2"):
        project('[project]\nname = "x\n')
    with pytest.raises(FileError, match="dependency group a includes itself: a > b > a"):
        project('[dependency-groups]\na=[{include-group="b"}]\nb=[{include-group="a"}]\n', "a")
    with pytest.raises(FileError, match="dependency group a includes b, which is not there"):
        project('[dependency-groups]\na=[{include-group="b"}]\n', "a")


def test_a_project_that_asks_for_nothing_says_so() -> None:
    assert "asks for nothing" in project("[build-system]\nrequires=['hatchling']\n").warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        "project = 3\n",
        "[project]\ndependencies = 'torch'\n",
        "[tool]\npoetry = []\nuv = 1\n",
        "[tool.uv.sources]\ntorch = 3\n[project]\ndependencies=['torch']\n",
    ],
)
def test_tables_of_another_shape_do_no_harm(text: str) -> None:
    assert isinstance(project(text), RequestFile)


def test_an_index_that_is_not_defined_and_a_workspace_member_are_named() -> None:
    found = project('[project]\ndependencies=["a","b","c"]\n[tool.uv.sources]\na={index="nowhere"}\nb={workspace=true}\nc={strange=1}\n')
    assert [wish.name for wish in found.wishes] == ["a", "c"]
    assert len(found.warnings) == 3
