"""What was counted in binaries: every wheel has its hash, what ships comes from it, and where documents disagree a page says so."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import msgspec
import pytest

from drivetrain.catalogue import DATA, CodeRow, read_snapshot
from drivetrain.catalogue.relations.device_code import code_runs_on, compiles, jit_is_certain
from drivetrain.model.catalogue import LibraryCode

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import list_disagreements  # noqa: E402
import measure_code  # noqa: E402

READ = msgspec.json.decode(measure_code.RESULT.read_bytes(), type=tuple[measure_code.Measured, ...])
SHIPPED = tuple(row for row in msgspec.json.decode((DATA / "device_code.json").read_bytes(), type=tuple[CodeRow, ...]) if row.measured)


def test_every_library_that_was_read_has_its_wheels_hash() -> None:
    assert len({(row.wheel, row.library) for row in READ}) == len(READ)
    hashes: dict[str, str] = {}
    for row in READ:
        assert re.fullmatch("[0-9a-f]{64}", row.sha256), row.wheel
        assert hashes.setdefault(row.wheel, row.sha256) == row.sha256
        assert not row.faults, f"{row.wheel} {row.library}"


def test_what_ships_was_read() -> None:
    read = {row.wheel for row in READ}
    for row in SHIPPED:
        for source in row.sources:
            tool, _, wheel = source.partition(" on ")
            assert tool != "tools/measure_code.py" or wheel in read, source


def test_no_deciding_wheel_of_the_last_two_years_is_unread() -> None:
    """After a refresh: python tools/measure_code.py, then tools/import_builds.py."""
    assert not measure_code.gaps(read_snapshot(), READ)


def test_a_wheel_that_nobody_has_read_is_a_gap() -> None:
    newest = next(each.version for each in read_snapshot().releases("nvidia-cudnn-cu13") if not each.yanked)
    others = tuple(row for row in READ if (row.distribution, row.version) != ("nvidia-cudnn-cu13", newest))
    assert measure_code.gaps(read_snapshot(), others) == [f"nvidia-cudnn-cu13 {newest} {platform}" for platform in measure_code.BOTH]


@pytest.mark.parametrize(
    ("distribution", "versions"),
    [
        ("torch", [f"2.{minor}.0" for minor in range(5, 16)] + ["2.0.1", "1.13.1"]),
        ("tensorflow", [f"2.{minor}.0" for minor in (13, 14, 15, 17, 18, 19, 20, 21)] + ["2.16.1"]),
        ("jax-cuda12-pjrt", ["0.4.36", "0.5.3", "0.8.0", "0.12.0.1"]),
        ("jax-cuda13-pjrt", ["0.7.2", "0.9.1", "0.12.0.1"]),
        ("nvidia-cublas-cu11", ["11.10.3.66", "11.11.3.6"]),
        ("nvidia-cublas-cu12", ["12.1.3.1", "12.8.4.1", "12.9.1.4"]),
        ("nvidia-cublas", ["13.0.0.19", "13.8.2.12"]),
        ("nvidia-nccl-cu11", ["2.14.3"]),
        ("nvidia-nccl-cu12", ["2.18.1", "2.29.3"]),
        ("nvidia-nccl-cu13", ["2.29.3"]),
    ],
)
def test_what_decides_was_read(distribution: str, versions: list[str]) -> None:
    here = {row.versions for row in SHIPPED if row.distribution == distribution and (not row.platforms or "linux-x86_64" in row.platforms)}
    assert here >= {f"=={each}" for each in versions}


def test_the_page_of_disagreements_is_up_to_date() -> None:
    assert list_disagreements.table() in (ROOT / "docs" / "disagreements.md").read_text(encoding="utf-8"), "python tools/list_disagreements.py"


def shipped(distribution: str, version: str) -> tuple[LibraryCode, ...]:
    (row,) = [each for each in SHIPPED if each.distribution == distribution and each.versions == f"=={version}"]
    return row.libraries


@pytest.mark.parametrize(
    ("version", "capability", "ceiling", "runs"),
    [
        ("2.21.0", "9.0", "12.4", False),
        ("2.21.0", "9.0", "12.5", True),
        ("2.18.1", "9.0", "12.4", True),
        ("2.13.0", "8.6", "11.4", True),  # Its PTX for Ampere is old; what else it holds is compiled.
        ("2.15.0", "9.0", "12.0", False),  # Nothing is compiled for Hopper, and some of its PTX is newer than that driver.
        ("2.21.0", "8.6", "12.4", True),
    ],
)
def test_the_version_of_ptx_decides_which_driver_compiles_it(version: str, capability: str, ceiling: str, runs: bool) -> None:
    code = shipped("tensorflow", version)
    reason = code_runs_on(code, capability, jit=False, about="tensorflow", gpu="GPU", ceiling=ceiling)
    assert (reason is None) == runs
    assert jit_is_certain(code, capability, ceiling) == runs


def test_ptx_of_unknown_version_is_compiled_as_the_caller_says() -> None:
    code = LibraryCode(library="lib.so", ptx=(("compute_80", 5),))
    assert compiles(code, "9.0", "12.4") is None
    assert code_runs_on((code,), "9.0", jit=True, about="x", gpu="GPU", ceiling="12.4") is None
    assert code_runs_on((code,), "9.0", jit=False, about="x", gpu="GPU", ceiling="12.4") is not None
    assert not jit_is_certain((code,), "9.0", "12.4")
    known = msgspec.structs.replace(code, ptx_version="8.3")
    assert compiles(known, "9.0", None) is None, "without a driver nothing is certain"
