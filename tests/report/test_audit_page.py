"""docs/audit.md lists the rules as they are."""

from __future__ import annotations

import sys

import pytest

from house import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import list_rules

from drivetrain.audit.rules import RULES
from drivetrain.causes import slugs


def test_the_page_lists_every_rule_as_it_is() -> None:
    page = list_rules.PAGE.read_text(encoding="utf-8")
    assert list_rules.written(page) == page, "PYTHONPATH=src python tools/list_rules.py --write"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__module__.rpartition(".")[2] + ":" + rule.cause)
def test_every_row_says_what_the_rule_reads(rule: list_rules.Rule) -> None:
    row = list_rules._row(rule)
    cells = [each.strip() for each in row.strip("|").split(" | ")]
    assert len(cells) == 4
    assert all(cells)
    assert f"[`{rule.cause}`]" in cells[0]
    assert rule.cause in slugs()
