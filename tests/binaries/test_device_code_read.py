"""Device code read from tiny files: targets, flavours, sections, and what only looks like a container."""

from __future__ import annotations

from pathlib import Path

import pytest
from binaries.made import container, cubin, elf, entry, pe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivetrain.binaries import window
from drivetrain.binaries.device_code import code_in, code_of, library_code_of
from drivetrain.catalogue.relations.device_code import way_on
from drivetrain.errors import FileError
from drivetrain.model.binary import CodeRead


def read(folder: Path, content: bytes) -> CodeRead:
    path = folder / "library.so"
    path.write_bytes(content)
    return code_in(path)


def told(found: CodeRead) -> set[tuple[str, str, str, int]]:
    return {(each.kind, each.target, each.section, each.count) for each in found.codes}


def test_kinds_flavours_and_counts(tmp_path: Path) -> None:
    entries = (
        entry("sass", 80), entry("sass", 80), entry("sass", 90, 0x100000), entry("sass", 100, 0x200000),
        entry("ptx", 90), entry("lto", 75, 0x10000), entry("sass", 89, 0x8000, header=72),
    )  # fmt: skip
    assert told(read(tmp_path, elf(text=b"code", nv_fatbin=container(*entries)))) == {
        ("sass", "sm_80", ".nv_fatbin", 2),
        ("sass", "sm_90a", ".nv_fatbin", 1),
        ("sass", "sm_100f", ".nv_fatbin", 1),
        ("ptx", "compute_90", ".nv_fatbin", 1),
        ("lto", "sm_75", ".nv_fatbin", 1),
        ("sass", "sm_89", ".nv_fatbin", 1),
    }


def test_containers_outside_the_usual_sections_are_found(tmp_path: Path) -> None:
    found = read(tmp_path, elf(nv_fatbin=container(entry("sass", 52)), ldata=b"pad" + container(entry("sass", 90)), rodata=container(entry("ptx", 120))))
    assert {(target, section) for _, target, section, _ in told(found)} == {("sm_52", ".nv_fatbin"), ("sm_90", ".ldata"), ("compute_120", ".rodata")}


def test_a_windows_library(tmp_path: Path) -> None:
    assert told(read(tmp_path, pe(b".nv_fatb", container(entry("sass", 86))))) == {("sass", "sm_86", ".nv_fatb", 1)}


def test_bare_cubins(tmp_path: Path) -> None:
    found = read(tmp_path, elf(rodata=b"\0" * 8 + cubin(0x460546) + b"\0" * 8 + cubin(0x5A0D5A) + cubin(0x5A04, abi=8)))
    assert told(found) == {("sass", "sm_70", ".rodata", 1), ("sass", "sm_90a", ".rodata", 1)}
    assert len(found.faults) == 1


@pytest.mark.parametrize(
    ("flags", "abi", "target"),
    [
        (0x3C0D3C, 7, "sm_60"),
        (0x5A055A, 7, "sm_90"),
        (0x5A0D5A, 7, "sm_90a"),
        (0x6004B04, 8, "sm_75"),
        (0x6005904, 8, "sm_89"),
        (0x6005A04, 8, ""),
        (0x6006402, 8, ""),
        (0x6004B04, 9, ""),
    ],
)
def test_the_target_of_a_bare_cubin_is_said_where_its_flags_tell_it(tmp_path: Path, flags: int, abi: int, target: str) -> None:
    """Flags of cubins in CUPTI, in cuDNN and in onnxruntime-gpu; those of sm_100 and sm_100f are the same."""
    found = read(tmp_path, elf(rodata=bytes(8) + cubin(flags, abi)))
    assert told(found) == ({("sass", target, ".rodata", 1)} if target else set())
    assert len(found.faults) == (0 if target else 1)


@pytest.mark.parametrize(
    "chance",
    [container(entry("sass", 80), version=2), container(entry("sass", 80), header=24), container(entry("sass", 80), size=1 << 40), container()[:10]],
    ids=["version", "header", "size", "cut"],
)
def test_the_magic_by_chance_is_no_container(tmp_path: Path, chance: bytes) -> None:
    found = read(tmp_path, elf(text=chance, nv_fatbin=container(entry("sass", 75))))
    assert told(found) == {("sass", "sm_75", ".nv_fatbin", 1)}
    assert found.faults == ()


def test_a_container_that_contradicts_itself_is_a_fault_and_the_rest_is_read(tmp_path: Path) -> None:
    broken = container(entry("sass", 80), entry("unknown", 81), entry("sass", 82))
    found = read(tmp_path, elf(nv_fatbin=broken + container(entry("sass", 90))))
    assert {target for _, target, _, _ in told(found)} == {"sm_80", "sm_90"}
    assert len(found.faults) == 1


@pytest.mark.parametrize("content", [b"", b"MZ", b"\x7fELF\x02\x01", b"\x7fELF" + b"\xff" * 200, b"MZ" + b"\xff" * 200, b"text"], ids=repr)
def test_other_files_hold_none(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content).codes == ()


def test_every_cut_of_a_file_is_read_without_a_crash(tmp_path: Path) -> None:
    whole = elf(nv_fatbin=container(entry("sass", 80), entry("ptx", 90)))
    for length in range(0, len(whole), 7):
        read(tmp_path, whole[:length])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=12)), max_size=4))
def test_no_damage_breaks_the_reader(tmp_path: Path, damage: list[tuple[int, bytes]]) -> None:
    content = bytearray(elf(nv_fatbin=container(entry("sass", 80), entry("ptx", 90)), rodata=cubin(0x460546)))
    for place, patch in damage:
        content[place : place + len(patch)] = patch
    read(tmp_path, bytes(content))


def test_a_window_smaller_than_what_lies_between_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = elf(text=b"x" * 3000, nv_fatbin=b"".join(container(entry("sass", 70 + number), entry("ptx", 90)) for number in range(9)))
    wide = told(read(tmp_path, content))
    for size in (64, 65, 67, 97, 128):
        monkeypatch.setattr(window, "WINDOW_BYTES", size)
        assert told(read(tmp_path, content)) == wide
    monkeypatch.delattr("os.pread")  # as on Windows
    assert told(read(tmp_path, content)) == wide


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError) as error:
        code_in(tmp_path / "absent.so")
    assert "absent.so" in error.value.says


def test_linked_code_decides_and_relocatable_only_where_there_is_no_other(tmp_path: Path) -> None:
    linked, relocatable = container(*(entry("sass", 80) for _ in range(4)), entry("sass", 89)), container(*(entry("sass", 120) for _ in range(9)))
    both = library_code_of("libtorch_cuda.so", read(tmp_path, elf(nv_fatbin=linked, __nv_relfatbin=relocatable)))
    assert both.sass == (("sm_80", 4), ("sm_89", 1))
    assert way_on(both, "8.9") == "sass"
    assert way_on(both, "12.0") == "none"
    alone = library_code_of("libx.so", read(tmp_path, elf(__nv_relfatbin=relocatable)))
    assert way_on(alone, "12.0") == "sass"


@pytest.mark.parametrize(
    "piece",
    [container(), container(entry("unknown", 1, payload=0)), container(entry("sass", 80), version=2), cubin(0x5A), container(entry("sass", 80, payload=0))],
    ids=["empty containers", "contradictions", "marks by chance", "cubins", "small containers"],
)
def test_a_file_full_of_pieces_costs_a_bounded_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: bytes) -> None:
    monkeypatch.setattr("drivetrain.binaries.fat_binary._MOST_STEPS", 500)
    found = read(tmp_path, elf(rodata=piece * 2000))
    assert "was not read" in found.faults[-1]
    assert len(found.faults) <= 21
    assert sum(each.count for each in found.codes) <= 500


def test_a_container_of_endless_entries_costs_a_bounded_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivetrain.binaries.fat_binary._MOST_STEPS", 500)
    found = read(tmp_path, elf(nv_fatbin=container(*(entry("sass", 80, payload=0) for _ in range(2000)))))
    assert "was not read" in found.faults[-1]
    assert 490 < sum(each.count for each in found.codes) <= 500


def test_a_file_that_is_shorter_than_it_states_has_an_end() -> None:
    content = elf(nv_fatbin=container(entry("sass", 80)))
    for stated in (len(content) + 1, 5 << 20, 1 << 33):
        assert told(code_of(window.Window(lambda offset, count: content[offset : offset + count], stated))) == {("sass", "sm_80", ".nv_fatbin", 1)}
