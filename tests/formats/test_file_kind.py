"""Which kind a file is, by name and by content."""

from __future__ import annotations

import pytest

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.file_kind import kind_of, name_and_groups, request_file


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("requirements.txt", "torch\n", "requirements"),
        ("requirements-dev.in", "", "requirements"),
        ("deps", "torch\n", "requirements"),
        ("a/b/pyproject.toml", "", "pyproject"),
        ("C:\\x\\pyproject.toml", "", "pyproject"),
        ("environment.yaml", "", "environment"),
        ("env-gpu.yml", "", "environment"),
        ("uv.lock", "", "uv-lock"),
        ("pylock.toml", "", "pylock"),
        ("pylock.gpu.toml", "", "pylock"),
        ("-", 'lock-version = "1.0"\n[[packages]]\nname="x"\n', "pylock"),
        ("-", 'version = 1\nrequires-python = ">=3.10"\n[[package]]\nname="x"\n', "uv-lock"),
        ("-", '[project]\nname="x"\n', "pyproject"),
        ("-", "name: x\ndependencies:\n  - numpy\n", "environment"),
        ("-", "numpy=1.2=py_0\n", "conda-list"),
    ],
)
def test_kinds(name: str, text: str, kind: str) -> None:
    assert kind_of(name, text) == kind


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("poetry.lock", "poetry export"),
        ("Pipfile", "pipenv requirements"),
        ("conda-lock.yml", "conda-lock render"),
        ("setup.py", "drivetrain plan ./folder"),
        ("train.ipynb", "pip install"),
    ],
)
def test_files_that_are_not_read_say_the_way_out(name: str, advice: str) -> None:
    with pytest.raises(UsageError) as error:
        kind_of(name, "")
    assert name in error.value.says
    assert advice in error.value.next


def test_a_binary_is_no_text() -> None:
    with pytest.raises(FileError, match=r"requirements\.txt is not a text"):
        kind_of("requirements.txt", "PK\0\1")


def test_groups_stand_in_brackets_after_the_name() -> None:
    assert name_and_groups("sub/pyproject.toml[train, dev]") == ("sub/pyproject.toml", ("train", "dev"))
    assert name_and_groups("requirements.txt") == ("requirements.txt", ())
    with pytest.raises(UsageError, match=r"requirements\.txt has no extra or group x"):
        request_file("requirements.txt", "", lambda name: "", groups=("x",))


def test_a_mark_at_the_start_is_no_part_of_the_text() -> None:
    for name, text in (
        ("requirements.txt", "\ufefftorch\n"),
        ("environment.yml", "\ufeffdependencies: [pytorch]\n"),
        ("pyproject.toml", '\ufeff[project]\ndependencies=["torch"]\n'),
    ):
        assert [wish.name for wish in request_file(name, text, lambda name: "").wishes] == ["torch"]
