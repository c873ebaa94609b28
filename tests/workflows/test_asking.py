from __future__ import annotations

from pathlib import Path

import pytest

from drivetrain.errors import FileError, UsageError
from drivetrain.workflows.asking import Asked, request_from, with_wishes


def names(asked: Asked) -> list[tuple[str, str]]:
    return [(each.name, each.specifier) for each in request_from(asked)[0].wishes]


def test_python_is_sugar_for_a_component() -> None:
    assert names(Asked(requirements=("numpy",), python="3.12")) == [("numpy", ""), ("python", "==3.12")]
    assert names(Asked(requirements=("numpy",), python=">=3.11")) == [("numpy", ""), ("python", ">=3.11")]


def test_files_add_their_requirements_constraints_and_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.txt").write_text("numpy>=2\n-r more.txt\n-c bounds.txt\n--extra-index-url https://index.example/simple\n-f wheels\n--pre\n")
    (tmp_path / "more.txt").write_text("rich\n")
    (tmp_path / "bounds.txt").write_text("rich<14\n")
    request, doubts = request_from(Asked(requirements=("tqdm",), files=("requirements.txt",), indexes=("https://own.example/simple",)))
    assert [each.name for each in request.wishes] == ["tqdm", "numpy", "rich"]
    assert [(each.name, each.specifier) for each in request.constraints] == [("rich", "<14")]
    assert request.indexes == ("https://own.example/simple", "https://index.example/simple")
    assert request.find_links == ("wheels",)
    assert request.pre
    assert doubts == ()


def test_a_file_that_is_not_there_is_one_line() -> None:
    with pytest.raises(FileError, match=r"nothing\.txt"):
        request_from(Asked(files=("nothing.txt",)))
    with pytest.raises(FileError, match="network"):
        request_from(Asked(files=("https://index.example/requirements.txt",)))
    with pytest.raises(UsageError):
        request_from(Asked(requirements=("torch=>2",)))


def test_a_wish_replaces_the_one_of_its_name() -> None:
    request, _ = request_from(Asked(requirements=("numpy>=1", "rich")))
    more, _ = request_from(Asked(requirements=("numpy>=2",)))
    assert [(each.name, each.specifier) for each in with_wishes(request, more.wishes).wishes] == [("rich", ""), ("numpy", ">=2")]


def test_what_was_typed_comes_before_what_a_file_says(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("torch==1.13\nrich\ntqdm\n")
    request, doubts = request_from(Asked(requirements=("torch>=2",), files=(str(path),), without=("tqdm",)))
    assert [(each.name, each.specifier) for each in request.wishes] == [("torch", ">=2"), ("rich", "")]
    assert len(doubts) == 1
    assert doubts[0].endswith("requirements.txt:1: torch==1.13 gives way to what was typed")
