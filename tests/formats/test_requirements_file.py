"""requirements.txt as people write it: what is asked for comes out, and every line that is left out is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivetrain.errors import FileError
from drivetrain.formats.file_kind import request_file
from drivetrain.formats.requirement_lines import decoded
from drivetrain.formats.requirements_file import requirement_line
from drivetrain.model.request import RequestFile

FILES = Path(__file__).with_name("files")


def read(text: str, others: dict[str, str] | None = None, name: str = "requirements.txt", **variables: str) -> RequestFile:
    """Reads a text whose neighbours are given."""

    def reader(name: str) -> str:
        if name not in (others or {}):
            raise FileNotFoundError(f"no such file: {name}")
        return (others or {})[name]

    return request_file(name, text, reader, variables=variables)


def test_an_old_repository() -> None:
    folder = FILES / "old_repository"
    found = request_file("requirements.txt", (folder / "requirements.txt").read_text(), lambda name: (folder / name).read_text())
    assert [(wish.name, wish.specifier) for wish in found.wishes] == [
        ("accelerate", "==0.15.0"),
        ("torch", "==1.13.1+cu117"),
        ("torchvision", "==0.14.1+cu117"),
        ("torchaudio", "==0.13.1"),
        ("transformers", "==4.25.1"),
        ("diffuse", ""),
        ("numpy", ""),
    ]
    wishes = {wish.name: wish for wish in found.wishes}
    assert wishes["torch"].origin == "requirements.txt:6"
    assert wishes["torchaudio"].marker == 'sys_platform == "linux"'
    assert wishes["transformers"].extras == ("sentencepiece",)
    assert wishes["diffuse"].editable
    assert wishes["numpy"].url == ""
    assert len(wishes["accelerate"].hashes) == 2
    assert wishes["accelerate"].origin == "requirements/base.txt:1"
    assert [wish.text for wish in found.constraints] == ["protobuf<3.21"]
    assert found.indexes == ("https://index.example/whl/cu117",)
    assert [warning.split(": ")[0] for warning in found.warnings] == [
        "requirements/base.txt:4",
        "requirements.txt:10",
        "requirements.txt:11",
        "requirements.txt:13",
        "requirements.txt:14",
    ]
    assert "bitsandbytes==0.35.0" in found.warnings[1]
    assert "xformers >= 0.0.13,<0.0.17" in found.warnings[2]


def test_options_in_every_spelling() -> None:
    found = read(
        """\
-i https://index.example/simple
--extra-index-url=https://index.example/a --extra-index-url "https://index.example/b"
-f wheels
-fhttps://files.example/links.html
--find-links=/srv/wheels
--pre
--no-binary :none: --only-binary=torch,numpy
--require-hashes
--prefer-binary
--use-feature fast-deps
--trusted-host index.example
--no-such-option
torch --global-option=x
""",
        name="sub/requirements.txt",
    )
    assert found.index == "https://index.example/simple"
    assert found.indexes == ("https://index.example/a", "https://index.example/b")
    assert found.find_links == ("sub/wheels", "https://files.example/links.html", "/srv/wheels")
    assert found.pre
    assert found.require_hashes
    assert found.no_binary == (":none:",)
    assert found.only_binary == ("torch", "numpy")
    assert [warning.split(": ")[0] for warning in found.warnings] == [f"sub/requirements.txt:{line}" for line in (11, 12, 13)]


def test_lines_are_joined_and_comments_go() -> None:
    found = read("torch \\\n  >=2.0, \\\n  <3 # why\n# comment \\\nnumpy\nx \\\n# ends the joining\ny\n\nz \\")
    assert [(wish.name, wish.specifier, wish.origin) for wish in found.wishes] == [
        ("torch", ">=2.0,<3", "requirements.txt:1"),
        ("numpy", "", "requirements.txt:5"),
        ("x", "", "requirements.txt:6"),
        ("y", "", "requirements.txt:8"),
        ("z", "", "requirements.txt:10"),
    ]
    assert found.warnings == ()


def test_a_url_keeps_its_fragment_and_markers_keep_their_spaces() -> None:
    found = read("x @ https://files.example/x.zip#sha256=ab ; python_version < '3.9'\n./y[z]\n")
    assert found.wishes[0].url == "https://files.example/x.zip#sha256=ab"
    assert found.wishes[0].marker == 'python_version < "3.9"'
    assert (found.wishes[1].url, found.wishes[1].extras) == ("./y", ("z",))


def test_variables_are_filled_in_where_they_are_set() -> None:
    found = read("--index-url https://${USER_1}:${TOKEN}@index.example/simple\n", USER_1="me")
    assert found.index == "https://me:${TOKEN}@index.example/simple"


def test_constraints_reach_through_includes() -> None:
    found = read("torch\n-c a.txt\n", {"a.txt": "numpy<2\n-r b/c.txt\n", "b/c.txt": "-r d.txt\n", "b/d.txt": "protobuf<5\n"})
    assert [wish.name for wish in found.wishes] == ["torch"]
    assert [(wish.name, wish.origin) for wish in found.constraints] == [("numpy", "a.txt:1"), ("protobuf", "b/d.txt:1")]


def test_a_circle_of_includes_is_read_once_and_named() -> None:
    found = read("torch\n-r a.txt\n", {"a.txt": "jax\n-r b.txt\n", "b.txt": "keras\n-r a.txt\n"})
    assert [wish.name for wish in found.wishes] == ["torch", "jax", "keras"]
    assert found.warnings == ("b.txt:2: a.txt includes itself; it is read once",)


def test_a_missing_include_is_an_error_with_file_and_line() -> None:
    with pytest.raises(FileError) as error:
        read("torch\n-r missing.txt\n")
    assert error.value.says.startswith("requirements.txt:2: missing.txt cannot be read")
    assert error.value.next


def test_a_broken_line_leaves_the_others() -> None:
    found = read('torch\n"\n--index-url "open\n-r\n!!!\njax\n')
    assert [wish.name for wish in found.wishes] == ["torch", "jax"]
    assert [warning.split(": ")[0] for warning in found.warnings] == [f"requirements.txt:{line}" for line in (2, 3, 4, 5)]


def test_windows_paths_keep_their_backslashes() -> None:
    found = read("-r sub\\base.txt\nC:\\wheels\\x-1.0-py3-none-any.whl\r\n-f C:\\wheels\n", {"sub/base.txt": "torch\n"})
    assert [wish.name for wish in found.wishes] == ["torch", "x"]
    assert found.find_links == ("C:\\wheels",)


def test_an_include_of_a_url_lies_beside_it() -> None:
    found = read("-r https://files.example/a/r.txt", {"https://files.example/a/r.txt": "-r s.txt\n", "https://files.example/a/s.txt": "torch\n"})
    assert [wish.origin for wish in found.wishes] == ["https://files.example/a/s.txt:1"]


def test_repeated_lines_count_once_and_contradictions_stay_for_the_planner() -> None:
    found = read("torch==1\ntorch==2\n")
    assert [wish.specifier for wish in found.wishes] == ["==1", "==2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_encodings_of_editors_and_powershell(encoding: str) -> None:
    assert decoded("torch  # 深度学习\n".encode(encoding)).lstrip("\ufeff") == "torch  # 深度学习\n"


def test_a_coding_comment_counts_and_a_comment_in_gbk_does_no_harm() -> None:
    assert decoded("# -*- coding: gbk -*-\n# 深度\ntorch\n".encode("gbk")) == "# -*- coding: gbk -*-\n# 深度\ntorch\n"
    for comment in ("# 深度学习 乗\n", "# coding: no-such\n# 深\n"):
        found = read(decoded((comment + "torch==1.13\n").encode("gbk")))
        assert [wish.text for wish in found.wishes] == ["torch==1.13"]


def test_lines_written_are_read_back() -> None:
    folder = FILES / "old_repository"
    first = request_file("requirements.txt", (folder / "requirements.txt").read_text(), lambda name: (folder / name).read_text())
    again = read("\n".join(requirement_line(wish) for wish in first.wishes))
    assert again.warnings == ()
    assert [(w.name, w.specifier, w.extras, w.marker, w.url, w.hashes, w.editable) for w in again.wishes] == [
        (w.name, w.specifier, w.extras, w.marker, w.url, w.hashes, w.editable) for w in first.wishes
    ]
