"""`audit` and `inspect` on what strangers may leave behind: each ends in good time, says what it can, and passes nothing to the terminal but text."""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from binaries.made import container, cubin, elf, entry
from scan.making import contents, lay, venv

from drivetrain.binaries.wheel_member import window_on_member
from drivetrain.cli import main

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX file system")
SECONDS = 10
"""Far above what any of these takes alone on a slow core; without its guard each would take minutes, or never end."""


@contextmanager
def in_good_time() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = venv(tmp_path / "env")
    lay(folder, contents("good", "1.0", {"good/__init__.py": b"x = 1\n"}))
    return folder


def audited(site: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """Gives the screen of an audit that did not break down."""
    capsys.readouterr()
    with in_good_time():
        code = main(["audit", str(site.parents[2]), "--lang", "en", "--verbose", "--cache-dir", str(site.parents[3] / "cache"), *flags])
    out, aside = capsys.readouterr()
    assert code in (0, 1), aside
    return out


def inspected(path: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, str, str]:
    """Gives the exit code and both outputs."""
    capsys.readouterr()
    with in_good_time():
        code = main(["inspect", str(path), "--lang", "en", *flags])
    return code, *capsys.readouterr()


@POSIX
@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["METADATA", "RECORD", "WHEEL", "INSTALLER", "direct_url.json"])
def test_a_fifo_in_place_of_a_text_holds_nobody(site: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    path = site / "good-1.0.dist-info" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert "1 distributions" in audited(site, capsys)


@pytest.mark.parametrize("name", ["METADATA", "RECORD", "WHEEL", "INSTALLER", "direct_url.json"])
def test_a_folder_in_place_of_a_text(site: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    path = site / "good-1.0.dist-info" / name
    path.unlink(missing_ok=True)
    path.mkdir()
    assert "1 distributions" in audited(site, capsys)


@POSIX
@pytest.mark.timeout(60)
def test_fifos_sockets_and_devices_among_the_files(site: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (site / "torch/lib").mkdir(parents=True)
    for path in ("torch/version.py", "torch/lib/libtorch.so", "a.pth", "a.egg", "x.so", "b.egg-info", "c.egg-link"):
        os.mkfifo(site / path)
    (site / "zero.so").symlink_to("/dev/zero")
    (site / "zero.pth").symlink_to("/dev/zero")
    (site.parents[2] / "requirements.txt").symlink_to("/dev/zero")
    os.mkfifo(site.parents[2] / "pyvenv.cfg2")
    (site / "twice.py").write_text("x")
    lay(site, contents("one", "1.0", {"shared.so": b"1"}))
    lay(site, contents("two", "1.0", {"shared.so": b"2"}))
    (site / "shared.so").unlink()
    os.mkfifo(site / "shared.so")
    here = Path.cwd()
    os.chdir(site)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind("s.so")
    finally:
        os.chdir(here)
    assert "3 distributions" in audited(site, capsys)
    for name in ("x.so", "zero.so", "s.so"):
        code, _, aside = inspected(site / name, capsys)
        assert code == 2
        assert len(aside.splitlines()) == 1


@POSIX
def test_links_that_turn_in_circles(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "a.so").symlink_to("b.so")
    (site / "b.so").symlink_to("a.so")
    (site / "nvidia").mkdir()
    (site / "nvidia/cudnn").symlink_to("..")
    (site / "loop").symlink_to(".")
    (site / "up.pth").write_text("loop/loop/loop\n" * 1000)
    assert "1 distributions" in audited(site, capsys)
    assert inspected(site / "a.so", capsys)[0] == 2


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in ("good-1.0.dist-info/METADATA", "good-1.0.dist-info/RECORD", "good/__init__.py"):
        (site / path).chmod(0)
    assert "1 distributions" in audited(site, capsys)


def test_a_record_of_a_million_lines(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "good-1.0.dist-info/RECORD").write_text("".join(f"a{number},,\n" for number in range(1_000_000)))
    assert "1 distributions" in audited(site, capsys)


@pytest.mark.parametrize("text", ["a" * 5_000_000 + ",,\n", "\n" * 5_000_000, '"' * 2_000_000, ",," * 2_000_000, "a/" * 1_000_000 + ",,1\n"], ids=range(5))
def test_a_record_of_one_endless_line_or_of_none(site: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (site / "good-1.0.dist-info/RECORD").write_text(text)
    assert "1 distributions" in audited(site, capsys)


_ENDLESS = {
    "a line": ("x", 100_000_000),
    "requirements": ("Requires-Dist: a>=1\n", 2_000_000),
    "folded lines": ("Summary: a\n b\n", 5_000_000),
    "folds of one line": (" b\n", 5_000_000),
    "a requirement": ("(", 3_000_000),
    "extras": ("Provides-Extra: a\n", 50_000),
}


@pytest.mark.parametrize("name", _ENDLESS)
def test_a_metadata_of_a_hundred_megabytes(site: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    piece, count = _ENDLESS[name]
    start = "Requires-Dist: a" if name == "a requirement" else "Summary: a\n"
    (site / "good-1.0.dist-info/METADATA").write_text(f"Metadata-Version: 2.1\nName: good\nVersion: 1.0\n{start}" + piece * count)
    assert "1 distributions" in audited(site, capsys)


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 100_000, b'"\xff\xfe"', b'{"url": "\\ud800"}', b"\0" * 100, b"1e999", b""], ids=range(7))
def test_documents_that_are_none(site: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    (site.parents[2] / "drivetrain").mkdir()
    for path in (site.parents[2] / "drivetrain/request.json", site.parents[2] / "drivetrain/plan.json", site / "good-1.0.dist-info/direct_url.json"):
        path.write_bytes(content)
    (site / "torch").mkdir()
    (site / "torch/version.py").write_bytes(content)
    assert "1 distributions" in audited(site, capsys)


@POSIX
def test_names_that_would_speak_to_the_terminal(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    escape = "\x1b]0;owned\x07\x1b[2J\u202eevil\u2066\r\x0eeno"
    lay(site, contents("bad", "1.0", {}, requires=("absent>=2",)))
    info = site / "bad-1.0.dist-info"
    (info / "METADATA").write_text(f"Name: b{escape}ad\nVersion: 1.0{escape}\nRequires-Dist: absent{escape}>=2\n")
    (site / f"~{escape}").mkdir()
    (site / f"x{escape}.so").write_bytes(elf(nv_fatbin=container(entry("sass", 80), entry("unknown", 1))))
    (site / f"p{escape}.pth").write_text(f"import {escape}\n/absent{escape}\n")
    (info / "RECORD").write_text(f"gone{escape},sha256=x,1\nbad-1.0.dist-info/RECORD,,\n")
    for screen in (audited(site, capsys), *inspected(site / f"x{escape}.so", capsys)[1:], *inspected(site / f"gone{escape}", capsys)[1:]):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066]", screen), ascii(screen)
    assert not re.search("[\x00-\x08\x0b-\x1f]", audited(site, capsys, "--json"))


@POSIX
def test_names_that_are_no_utf_8(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.fsencode(site)
    try:
        Path(os.fsdecode(folder + b"/~\xff\xfe")).mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    for name in (b"/\xff.so", b"/\xff.pth", b"/\xff-1.0.dist-info", b"/\xff.egg-info", b"/\xff.egg"):
        Path(os.fsdecode(folder + name)).write_bytes(elf(nv_fatbin=container(entry("sass", 80))))
    assert "distributions" in audited(site, capsys)
    assert json.loads(audited(site, capsys, "--json"))["schema"] == "drivetrain/audit/1"
    code, screen, _ = inspected(Path(os.fsdecode(folder + b"/\xff.so")), capsys)
    assert (code, "sm_80" in screen) == (0, True)
    assert json.loads(inspected(Path(os.fsdecode(folder + b"/\xff.so")), capsys, "--json")[1])["format"] == "elf"


def test_a_wheel_that_unpacks_to_gigabytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2 GB of zeros in 2 MB: read to its end for device code, with some megabytes of memory."""
    path = tmp_path / "bomb-1-py3-none-any.whl"
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive, archive.open("bomb/lib.so", "w", force_zip64=True) as member:
        member.write(elf(nv_fatbin=container(entry("sass", 80))))
        for _ in range(100):
            member.write(bytes(1 << 20))
    code, screen, _ = inspected(path, capsys, "--symbols")
    assert (code, "sm_80" in screen) == (0, True)


def test_a_wheel_whose_members_share_their_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Thousands of names for one piece of data: terabytes out of a megabyte."""
    path = tmp_path / "shared-1-py3-none-any.whl"
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("a0.so", "w") as member:
            member.write(elf(nv_fatbin=container(entry("sass", 80))))
            for _ in range(50):
                member.write(bytes(1 << 20))
        for number in range(1, 20_000):
            again = copy(archive.filelist[0])
            again.filename = f"a{number}.so"
            archive.filelist.append(again)
    code, _, aside = inspected(path, capsys)
    assert (code, "would unpack to 976 GB" in aside) == (2, True)


def test_a_wheel_whose_members_lie_about_themselves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "liar-1-py3-none-any.whl"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("lib.so", elf(nv_fatbin=container(entry("sass", 80))))
        archive.writestr("../../escape.so", elf(nv_fatbin=container(entry("sass", 90))))
    text = bytearray(path.read_bytes())
    for at in (match.start() for match in re.finditer(b"PK\x01\x02", bytes(text))):
        struct.pack_into("<I", text, at + 24, 0x7FFFFFFF)
    path.write_bytes(text)
    code, screen, aside = inspected(path, capsys)
    assert code in (0, 2)
    assert "Traceback" not in screen + aside


def test_a_library_of_overlapping_and_endless_containers(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = container(entry("sass", 80, payload=0)) * 3
    (site / "overlap.so").write_bytes(
        elf(rodata=container(inner + bytes(64), size=len(inner) + 64) + struct.pack("<IHHQ", 0xBA55ED50, 1, 16, 0) * 100_000 + cubin(0x5A) * 100_000)
    )
    (site / "marks.so").write_bytes(elf(rodata=struct.pack("<I", 0xBA55ED50) * 1_000_000))
    assert "2 binaries" in audited(site, capsys) or "1 distributions" in audited(site, capsys)
    code, screen, _ = inspected(site / "overlap.so", capsys)
    assert code == 0
    assert "damaged" in screen


def test_a_sparse_file_of_a_terabyte(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = site / "huge.so"
    path.write_bytes(elf(nv_fatbin=container(entry("sass", 80))))
    try:
        os.truncate(path, 1 << 40)
    except OSError:
        pytest.skip("this file system takes no file of that size")
    assert "distributions" in audited(site, capsys)
    code, screen, _ = inspected(path, capsys, "--symbols")
    assert code == 0
    assert "damaged" in screen


def test_headers_of_four_thousand_million_rows(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """e_phnum 0xffff puts the true number into a section's sh_info; tables at the file's end, at its start, and nowhere."""
    for number, (place, layout, value) in enumerate(
        ((56, "<H", 0xFFFF), (60, "<H", 0), (62, "<H", 0xFFFF), (32, "<Q", 0), (40, "<Q", 0), (40, "<Q", (1 << 64) - 1))
    ):
        text = bytearray(elf(nv_fatbin=container(entry("sass", 80))))
        struct.pack_into("<HH", text, 54, 56, 2)
        struct.pack_into(layout, text, place, value)
        (site / f"rows{number}.so").write_bytes(text)
        assert inspected(site / f"rows{number}.so", capsys, "--symbols")[0] == 0
    assert "distributions" in audited(site, capsys)


def test_a_compressed_egg_that_breaks_off(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = site / "some_egg-1.0-py3.11.egg"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("EGG-INFO/PKG-INFO", "Name: some-egg\nVersion: 1.0\n" * 1000)
    whole = path.read_bytes()
    assert zlib.crc32(whole)
    for cut in (10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:cut])
        audited(site, capsys)
    broken = bytearray(whole)
    broken[60:90] = bytes(30)
    path.write_bytes(broken)
    audited(site, capsys)


def test_a_member_whose_tables_lie_all_over_it_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivetrain.binaries.wheel_member._BLOCKS", 1)
    with ZipFile(tmp_path / "a.whl", "w", ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("a.so", bytes(3 << 20))
    with ZipFile(tmp_path / "a.whl") as archive, window_on_member(archive, archive.infolist()[0]) as window, pytest.raises(ValueError, match="all over it"):
        [window.at(place, 8) for _ in range(1000) for place in (2 << 20, 0)]
