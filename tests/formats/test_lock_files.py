"""pylock.toml and uv.lock as pins."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.file_kind import request_file
from drivetrain.model.request import RequestFile

FILES = Path(__file__).with_name("files") / "locked"
LINUX, ELSEWHERE = 'sys_platform == "linux"', 'sys_platform != "linux"'


def lock(name: str, *groups: str, text: str | None = None) -> RequestFile:
    return request_file(name, text if text is not None else (FILES / name).read_text(), lambda name: "", groups=groups)


def test_uv_lock_pins_what_the_project_asks_for_and_binds_the_rest() -> None:
    found = lock("uv.lock")
    assert found.kind == "uv-lock"
    assert [(wish.name, wish.specifier, wish.url, wish.index) for wish in found.wishes] == [
        ("python", ">=3.10,<3.13", "", ""),
        ("flash", "", "git+https://git.example/lab/flash@0123456789abcdef#subdirectory=python", ""),
        ("torch", "==2.4.1", "", "https://index.example/simple"),
        ("torch", "==2.4.1+cu124", "", "https://index.example/whl/cu124"),
    ]
    assert ELSEWHERE in found.wishes[2].marker
    assert LINUX in found.wishes[3].marker
    assert found.wishes[3].origin == "uv.lock:36"
    assert found.wishes[3].hashes == ("sha256:cccc",)
    assert [(wish.name, wish.specifier) for wish in found.constraints] == [("filelock", "==3.15.4"), ("nvidia-cudnn-cu12", "==9.1.0.70")]
    assert found.warnings == ()


def test_extras_that_exclude_each_other_are_decided_by_the_choice() -> None:
    assert [wish.specifier for wish in lock("uv.lock", "new", "dev").wishes if wish.name in ("numpy", "pytest")] == ["==2.1.0", "==8.3.2"]
    assert [wish.specifier for wish in lock("uv.lock", "old").wishes if wish.name == "numpy"] == ["==1.26.4"]
    with pytest.raises(UsageError) as error:
        lock("uv.lock", "docs")
    assert error.value.next == "it has dev, new, old"


def test_a_uv_lock_without_project_asks_for_everything() -> None:
    text = 'version = 1\nrequires-python = ">=3.10"\n[[package]]\nname = "torch"\nversion = "2.4.1"\nsource = { registry = "../mirror" }\n'
    found = lock("uv.lock", text=text)
    assert [(wish.text, wish.index) for wish in found.wishes] == [("python>=3.10", ""), ("torch==2.4.1", "")]


def test_pylock_pins_every_package_with_its_place() -> None:
    found = lock("pylock.toml")
    assert found.kind == "pylock"
    assert [(wish.name, wish.specifier, wish.marker, wish.url, wish.index) for wish in found.wishes] == [
        ("python", ">=3.10", "", "", ""),
        ("torch", "==2.4.1", LINUX, "", "https://index.example/simple"),
        ("nvidia-cudnn-cu12", "==9.1.0.70", "", "", "https://index.example/simple"),
        ("flash", "", "", "git+https://git.example/lab/flash@0123456789abcdef#subdirectory=python", ""),
        ("helpers", "", "", "../helpers", ""),
        ("tokens", "", "", "./wheels/tokens-1.0.tar.gz", ""),
    ]
    wishes = {wish.name: wish for wish in found.wishes}
    assert wishes["nvidia-cudnn-cu12"].hashes == ("sha256:bbbb",)
    assert wishes["helpers"].editable
    assert wishes["torch"].origin == "pylock.toml:7"
    assert found.warnings == ("pylock.toml:14: nvidia-cudnn-cu12 belongs to an extra or group of the lock; it is taken whatever was chosen",)


def test_pylock_that_says_what_depends_on_what_binds_the_rest() -> None:
    text = (
        'lock-version = "1.0"\n[[packages]]\nname = "torch"\nversion = "2.4.1"\ndependencies = [{ name = "filelock" }]\n'
        '[[packages]]\nname = "filelock"\nversion = "3.15.4"\n'
    )
    found = lock("pylock.gpu.toml", text=text)
    assert [wish.text for wish in found.wishes] == ["torch==2.4.1"]
    assert [wish.text for wish in found.constraints] == ["filelock==3.15.4"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("pylock.toml", 'lock-version = "2.0"\n', "pylock.toml: lock-version 2.0 is not 1.x"),
        ("pylock.toml", "", "pylock.toml: lock-version ? is not 1.x"),
        ("uv.lock", "version = 2\n", "uv.lock: version 2 of uv's lock is not known"),
        ("uv.lock", "version = \n", "uv.lock is not valid TOML"),
    ],
)
def test_locks_of_other_versions_are_errors(name: str, text: str, says: str) -> None:
    with pytest.raises(FileError) as error:
        lock(name, text=text)
    assert error.value.says.startswith(says)
    assert error.value.next


def test_a_package_that_the_lock_lost_is_named() -> None:
    text = 'version = 1\n[[package]]\nname = "x"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "gone" }]\n'
    assert lock("uv.lock", text=text).warnings == ("uv.lock: the project needs gone, which the lock does not hold",)


ONE_PYTHON = """lock-version = "1.0"

[[packages]]
name = "alpha"
version = "1.0"
wheels = [
    {name = "alpha-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", hashes = {sha256 = "aa"}},
    {url = "https://index.example/alpha-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", hashes = {sha256 = "bb"}},
]

[[packages]]
name = "beta"
version = "1.0"
wheels = [{name = "beta-1.0-py3-none-any.whl", hashes = {sha256 = "cc"}}]

[[packages]]
name = "gamma"
version = "1.0"
wheels = [{name = "gamma-1.0-cp38-abi3-manylinux_2_17_x86_64.whl", hashes = {sha256 = "dd"}}]
"""


def test_a_pylock_binds_the_pythons_that_it_has_wheels_for() -> None:
    found = lock("pylock.toml", text=ONE_PYTHON)
    assert [(wish.name, wish.specifier) for wish in found.constraints] == [("python", ">=3.11,<3.13")]
    without = "\n".join(line for line in ONE_PYTHON.splitlines() if "cp312" not in line)
    assert [(wish.name, wish.specifier) for wish in lock("pylock.toml", text=without).constraints] == [("python", "==3.11")]
