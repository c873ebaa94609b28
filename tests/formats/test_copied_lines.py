"""Lines copied from READMEs, notebooks and Dockerfiles, and what `pip freeze` writes that no other machine can have."""

from __future__ import annotations

import pytest

from drivetrain.errors import DrivetrainError, UsageError
from drivetrain.formats.file_kind import request_file
from drivetrain.model.request import RequestFile


def read(text: str, name: str = "requirements.txt", **files: str) -> RequestFile:
    def reader(other: str) -> str:
        if other not in files:
            raise FileNotFoundError(2, "No such file", other)
        return files[other]

    return request_file(name, text, reader)


def wishes(text: str) -> list[str]:
    return [f"{each.name}{each.specifier}" for each in read(text).wishes]


@pytest.mark.parametrize(
    "line",
    [
        "pip install torch==2.4.0 'numpy<2'",
        'pip3 install -U torch==2.4.0 "numpy<2"',
        "$ python -m pip install --user torch==2.4.0 numpy\\<2".replace("\\\\", ""),
        "!pip install -q torch==2.4.0 numpy<2",
        "%pip install --upgrade torch==2.4.0 numpy<2",
        "> uv pip install --system torch==2.4.0 numpy<2",
        "RUN pip install --no-cache-dir torch==2.4.0 numpy<2 && rm -rf /root/.cache",
        "pip install torch==2.4.0 && pip install 'numpy<2'",
        "pip install \\\n    torch==2.4.0 \\\n    numpy<2",
    ],
)
def test_an_install_command_asks_for_what_it_installs(line: str) -> None:
    found = read(line.replace("\\<", "<"))
    assert [f"{each.name}{each.specifier}" for each in found.wishes] == ["torch==2.4.0", "numpy<2"]
    assert not found.warnings


def test_the_index_of_a_command_is_its_own() -> None:
    url = "https://download.pytorch.org/whl/cu121"
    found = read(f"pip install torch --index-url {url}\npip install numpy --extra-index-url https://index.example/simple\n")
    assert [(each.name, each.index) for each in found.wishes] == [("torch", url), ("numpy", "")]
    assert found.index == ""
    assert found.indexes == ("https://index.example/simple",)


def test_a_command_may_name_a_file() -> None:
    found = read("pip install -r more.txt -e .", **{"more.txt": "torch\n"})
    assert [(each.name, each.url, each.editable) for each in found.wishes] == [("torch", "", False), ("", ".", True)]


@pytest.mark.parametrize(
    "line", ["conda activate here", "!apt-get install -y git", "cd repo", "git clone https://git.example/a.git", "RUN apt-get update", "FROM python:3.11"]
)
def test_other_commands_are_named_and_left_out(line: str) -> None:
    found = read(f"torch\n{line}\n")
    assert [each.name for each in found.wishes] == ["torch"]
    assert found.warnings == (f"requirements.txt:2: {line} is a command, not a requirement, and was left out",)


def test_a_distribution_that_is_called_like_a_command_is_none() -> None:
    assert wishes("uv\npoetry==1.8\nwget>=3\nsh\n") == ["uv", "poetry==1.8", "wget>=3", "sh"]


def test_what_belongs_to_the_systems_python_is_left_out_and_named() -> None:
    found = read("python-apt==2.4.0+ubuntu3\nufw==0.36.1\ndistro-info===1.1build1\ntorch==2.3.0\n")
    assert [each.name for each in found.wishes] == ["torch"]
    assert [warning.partition(" ")[0] for warning in found.warnings] == ["requirements.txt:1:", "requirements.txt:2:", "requirements.txt:3:"]


def test_what_is_for_windows_alone_is_asked_for_there_alone() -> None:
    (wish,) = read("pywin32==306\n").wishes
    assert wish.marker == 'sys_platform == "win32"'
    assert read('pywin32==306 ; sys_platform == "win32"\n').warnings == ()


def test_pdm_ties_by_patterns() -> None:
    text = """[project]
dependencies = ["torch>=2.4", "numpy"]
[tool.pdm.dev-dependencies]
lint = ["ruff"]
[[tool.pdm.source]]
name = "torch"
url = "https://download.pytorch.org/whl/cu121"
include_packages = ["torch*"]
[[tool.pdm.source]]
name = "own"
url = "https://index.example/simple"
[[tool.pdm.source]]
type = "find_links"
name = "wheels"
url = "https://index.example/wheels.html"
"""
    found = request_file("pyproject.toml", text, lambda name: name, groups=("lint",))
    assert [(each.name, each.index) for each in found.wishes] == [("torch", "https://download.pytorch.org/whl/cu121"), ("numpy", ""), ("ruff", "")]
    assert found.indexes == ("https://index.example/simple",)
    assert found.find_links == ("https://index.example/wheels.html",)


@pytest.mark.parametrize(
    ("more", "cuda", "said"),
    [("cuda-version=12.6", "==12.4", True), ("cuda-version=12.4", "==12.4", False), ("cuda-runtime=12.4.0=0", "==12.4", False)],
)
def test_what_was_built_against_decides_the_cuda_of_an_environment(more: str, cuda: str, said: bool) -> None:
    for lines in ((more, "pytorch-cuda=12.4"), ("pytorch-cuda=12.4", more)):
        listed = "".join(f"  - {each}\n" for each in lines)
        found = read(f"dependencies:\n{listed}  - pytorch\n", name="environment.yml")
        assert [each.specifier for each in found.wishes if each.name == "cuda"] == [cuda]
        assert bool(found.warnings) == said


@pytest.mark.parametrize("name", ["analysis.ipynb", "Dockerfile", "docker/Dockerfile.gpu", "train.dockerfile"])
def test_a_notebook_or_dockerfile_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(UsageError) as error:
        read("FROM python\n", name=name)
    assert "pip install" in error.value.next


@pytest.mark.parametrize(
    ("name", "word"),
    [("Pipfile", "pipenv requirements"), ("setup.py", "drivetrain plan ./folder"), ("setup.cfg", "./folder"), ("poetry.lock", "poetry export")],
)
def test_files_of_other_tools_are_refused_with_what_to_do(name: str, word: str) -> None:
    with pytest.raises(DrivetrainError) as error:
        read("[packages]\n", name=name)
    assert word in error.value.next


def test_a_variable_that_is_not_set_is_named() -> None:
    text = "--extra-index-url https://${PIP_TOKEN}@index.example/simple\ntorch\n"
    assert read(text).warnings == ("requirements.txt:1: ${PIP_TOKEN} is not set: the address is taken as it stands",)
    assert not request_file("requirements.txt", text, lambda name: name, variables={"PIP_TOKEN": "x"}).warnings
