"""What is remembered of distributions gives way to every change: of their metadata, of their files, of the folders of their headers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from scan.making import contents, lay, venv

from drivetrain.model.environment import Environment
from drivetrain.scan import scan

HEADERS = {f"torch/include/a/{name}.h": b"#pragma once\n" for name in ("one", "two")}
FILES = {**HEADERS, "torch/__init__.py": b"x = 1\n"}


def laid(tmp_path: Path) -> Path:
    """An environment that was made an hour ago."""
    site = venv(tmp_path / "env")
    lay(site, contents("torch", "2.10.0", FILES))
    aged(site)
    return site


def aged(site: Path) -> None:
    for path in (site, *site.rglob("*")):
        state = path.stat()
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns - 3_600_000_000_000))


def seen(tmp_path: Path) -> Environment:
    return scan(tmp_path / "env", libraries=False, cache=tmp_path / "cache")


def missing(tmp_path: Path) -> list[tuple[str, int | None]]:
    return [(each.path, each.size_bytes) for one in seen(tmp_path).installed for each in one.damaged]


def test_the_second_scan_gives_what_the_first_gave(tmp_path: Path) -> None:
    laid(tmp_path)
    first = seen(tmp_path)
    assert seen(tmp_path) == first == scan(tmp_path / "env", libraries=False)
    assert list((tmp_path / "cache/distributions").iterdir())


def test_missing_and_exchanged_files_are_found_by_the_second_scan(tmp_path: Path) -> None:
    site = laid(tmp_path)
    assert missing(tmp_path) == []
    (site / "torch/include/a/one.h").unlink()
    assert missing(tmp_path) == [("torch/include/a/one.h", None)]
    (site / "torch/__init__.py").write_bytes(b"")
    (site / "torch/include/a/two.h").unlink()
    (site / "torch/include/a/two.h").write_bytes(b"longer than it was before")
    assert dict(missing(tmp_path)) == {"torch/include/a/one.h": None, "torch/include/a/two.h": 25, "torch/__init__.py": 0}
    assert dict(missing(tmp_path)) == {"torch/include/a/one.h": None, "torch/include/a/two.h": 25, "torch/__init__.py": 0}


def test_a_folder_that_is_gone_is_found(tmp_path: Path) -> None:
    site = laid(tmp_path)
    assert missing(tmp_path) == []
    for path in (site / "torch/include/a").iterdir():
        path.unlink()
    (site / "torch/include/a").rmdir()
    assert [path for path, _ in missing(tmp_path)] == list(HEADERS)


def test_a_fresh_folder_is_not_trusted_yet(tmp_path: Path) -> None:
    site = venv(tmp_path / "env")
    lay(site, contents("torch", "2.10.0", FILES))
    folder = site / "torch/include/a"
    state = folder.stat()
    assert missing(tmp_path) == []
    (folder / "one.h").unlink()
    # Within one tick of a coarse clock the folder's time stays the same.
    os.utime(folder, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert [path for path, _ in missing(tmp_path)] == ["torch/include/a/one.h"]


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 2.11.0\n"),
        ("INSTALLER", "uv\n"),
        ("REQUESTED", ""),
        ("direct_url.json", '{"url": "file:///srv/torch", "dir_info": {"editable": true}}'),
        ("WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\n"),
        ("RECORD", "torch/gone.py,sha256=abc,3\n"),
    ],
)
def test_every_part_of_a_distribution_counts(tmp_path: Path, part: str, text: str) -> None:
    site = laid(tmp_path)
    before = seen(tmp_path).installed
    (site / "torch-2.10.0.dist-info" / part).write_text(text)
    after = seen(tmp_path).installed
    assert after != before
    assert after == scan(tmp_path / "env", libraries=False).installed


def test_what_had_to_be_noted_is_noted_again(tmp_path: Path) -> None:
    site = laid(tmp_path)
    (site / "torch-2.10.0.dist-info/RECORD").write_text("torn line\n")
    assert seen(tmp_path).notes == seen(tmp_path).notes != ()


def test_a_damaged_memory_is_as_good_as_none(tmp_path: Path) -> None:
    laid(tmp_path)
    whole = seen(tmp_path)
    (kept,) = (tmp_path / "cache/distributions").iterdir()
    for damage in (b"", kept.read_bytes()[:-3], b"\x93\x01\x80\x80"):
        kept.write_bytes(damage)
        assert seen(tmp_path) == whole


def test_damage_inside_the_lines_of_a_record_is_as_good_as_no_memory_of_it(tmp_path: Path) -> None:
    laid(tmp_path)
    whole = seen(tmp_path)
    (kept,) = (tmp_path / "cache/records").iterdir()
    text = kept.read_bytes()
    # The lines are taken apart when somebody asks for them, long after the rest was read.
    for damage in (text.replace(b"torch/__init__.py", b"torch/\xff\xfe\xff\xfeit__.py"), text[:-9], b""):
        assert damage != text
        kept.write_bytes(damage)
        again = seen(tmp_path)
        assert [each.path for each in again.installed[0].files] == [each.path for each in whole.installed[0].files]
        assert again == whole


def test_who_lists_a_library_is_the_same_from_memory_and_from_every_line(tmp_path: Path) -> None:
    site = laid(tmp_path)
    lay(site, contents("one", "1", {"nvidia/lib/libcudnn.so.9": b"elf", "one.pth": b"a\n", "one/data.h": b"1"}))
    lay(site, contents("two", "2", {"nvidia/lib/libcudnn.so.9": b"ELF", "one/data.h": b"2"}))
    first, second = seen(tmp_path), seen(tmp_path)
    one, other = (next(each for each in second.installed if each.name == name) for name in ("two", "torch"))
    for environment in (first, second, replace(second, listed=None)):
        owners = {path: [(one.name, line.size_bytes) for one, line in claims] for path, claims in environment.claims.items()}
        assert owners["nvidia/lib/libcudnn.so.9"] == [("one", 3), ("two", 3)]
        assert [name for name, _ in owners["one/data.h"]] == ["one", "two"]
        assert environment.lists(one, "nvidia/lib/libcudnn.so.9")
        assert not environment.lists(other, "nvidia/lib/libcudnn.so.9")
    assert [(each.path, each.owner) for each in second.path_files] == [("one.pth", "one")]


def test_who_owns_what_is_told_anew_when_a_distribution_comes_or_goes(tmp_path: Path) -> None:
    site = laid(tmp_path)
    assert seen(tmp_path).shared_files == seen(tmp_path).shared_files == ()
    lay(site, contents("fork", "1", {"torch/include/a/one.h": b"#pragma twice\n", "torch/__init__.py": b"y = 2, and more\n"}))
    aged(site)
    both = seen(tmp_path)
    assert {each.path for each in both.shared_files} == {"torch/include/a/one.h", "torch/__init__.py"}
    assert seen(tmp_path) == both == scan(tmp_path / "env", libraries=False)
    for part in (site / "fork-1.dist-info").iterdir():
        part.unlink()
    (site / "fork-1.dist-info").rmdir()
    assert seen(tmp_path).shared_files == ()
    assert {path for path, _ in missing(tmp_path)} == {"torch/include/a/one.h", "torch/__init__.py"}
