"""What is left to be built stands in the plan's rows, and again when the environment stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from drivetrain.model.plan import Finding, Package, Plan
from drivetrain.model.report import Up
from drivetrain.report.text_plan import package_rows
from drivetrain.report.text_up import up_screen
from drivetrain.report.typed import Typed

SAYS = "flash-attn 2.8.3 is published as source only: it is compiled here."


def with_one_left(plan: Plan, *, wheel: str = "") -> Plan:
    left = Package(name="flash-attn", version="2.8.3", build="wheel" if wheel else "source", source=wheel, requested=True)
    return structs.replace(plan, to_compile=(left,), findings=(*plan.findings, Finding(cause="extension-must-be-compiled", says=SAYS)))


def row_of(lines: list[str]) -> str:
    (row,) = [each for each in lines if "flash-attn" in each]
    return row


def test_a_plan_has_a_row_for_it(value: Callable[[str], Any]) -> None:
    row = row_of(package_rows(with_one_left(value("plan"))))
    assert "2.8.3" in row
    assert "source" in row
    assert "to be built when the rest is in place" in row
    assert "to be installed when the rest is in place" in row_of(package_rows(with_one_left(value("plan"), wheel="https://index.example/")))


def test_up_says_again_at_its_end_what_is_left(value: Callable[[str], Any], typed: Typed) -> None:
    up: Up = value("up")
    assert isinstance(up.plan, Plan)
    lines = up_screen(structs.replace(up, plan=with_one_left(up.plan)), value("machine"), typed)
    assert any(each.lstrip("\x0e").startswith("left") or "left" in each.split(" ")[0] for each in lines)
    assert "published as source only" in " ".join(lines)
    assert not any("extension-must-be-compiled" in each for each in up_screen(up, value("machine"), typed))
