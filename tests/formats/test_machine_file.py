"""Machine files: those of tests/machines, and damaged ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drivetrain.errors import FileError
from drivetrain.formats.machine_file import machine_of
from drivetrain.model.documents import encode

MACHINES = sorted((Path(__file__).parents[1] / "machines").glob("*.json"))


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_a_machine_survives_being_written_and_read(path: Path) -> None:
    machine = machine_of(path.read_text(encoding="utf-8"), path.name)
    assert machine_of(encode(machine).decode(), "again") == machine


def test_the_gpus_of_the_setup_guide_are_among_them() -> None:
    names = " ".join(gpu.name for path in MACHINES for gpu in machine_of(path.read_text(encoding="utf-8"), path.name).gpus)
    assert all(name in names for name in ("GTX 950M", "GTX 1050 Ti", "GTX 1080", "V100", "RTX 3090", "RTX 4090", "RTX 5090", "H100"))


def machine(**parts: Any) -> str:
    return json.dumps({"os": {"family": "linux"}, **parts})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (machine(gpus=[{"name": "x", "memory_total_bytes": "24 GB"}]), "machine.json: gpus[0].memory_total_bytes: expected int, got str"),
        (machine(os={"family": "linux", "glibc": "new"}), "machine.json: os.glibc: expected numbers with dots"),
        (machine(os={"family": "beos"}), "machine.json: os.family: invalid enum value 'beos'"),
        (machine(variables={"A": 1}), "machine.json: variables.A: expected str, got int"),
        (machine(variables=[]), "machine.json: variables: expected object, got list"),
        (machine(schema="drivetrain/plan/1"), "machine.json: schema: invalid enum value 'drivetrain/plan/1'"),
        ("{}", "machine.json: object missing required field os"),
        ("[]", "machine.json: expected object, got array"),
        ("1e999", "machine.json: number out of range"),
    ],
)
def test_a_damaged_file_says_where(text: str, says: str) -> None:
    with pytest.raises(FileError) as raised:
        machine_of(text, "machine.json")
    assert raised.value.says == says
    assert "drivetrain probe --save" in raised.value.next


@pytest.mark.parametrize("text", ["", '{"os": {"family": "linux"', "not JSON", "1e999{", '{"x": ' + "[" * 100_000, '{"os": {"family": "linux"}}}'])
def test_what_is_no_json_says_so(text: str) -> None:
    with pytest.raises(FileError, match=r"machine\.json"):
        machine_of(text, "machine.json")


def test_fields_of_a_newer_drivetrain_and_a_byte_order_mark_are_no_harm() -> None:
    assert machine_of("\ufeff" + machine(future=1, gpus=[{"name": "x", "ray_tracing": True}]), "m").gpus[0].name == "x"
