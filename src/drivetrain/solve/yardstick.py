"""Measures plans for several machines with the same measure: days behind the newest release that each machine could run alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.line_dates import line_dates
from drivetrain.model.plan import Plan

OLDEST = 10_000
"""Days that a release without a date counts."""


def newest_dates(alone: Plan, catalogue: Catalogue) -> dict[str, date]:
    """Gives for each distribution of a machine's own plan the date of the newest release that this machine could run alone."""
    found = {}
    for name, days in alone.age_days.items():
        package = alone.package(name)
        dated = _dates(catalogue, name).get(package.version, "") if package else ""
        if dated:
            found[name] = date.fromisoformat(dated) + timedelta(days=days)
    return found


def behind(plan: Plan, newest: Mapping[str, date], catalogue: Catalogue) -> int:
    """Gives the total age of a plan on a machine with these newest releases."""
    return sum(days_behind(each.name, each.version, newest[each.name], catalogue) for each in plan.packages if each.name in newest)


def days_behind(name: str, version: str, newest: date, catalogue: Catalogue) -> int:
    """Gives the age of one release there."""
    dated = _dates(catalogue, name).get(version, "")
    return max(0, (newest - date.fromisoformat(dated)).days) if dated else OLDEST


def _dates(catalogue: Catalogue, name: str) -> dict[str, str]:
    framework = catalogue.framework(name)
    return line_dates(catalogue.releases(name), framework.line_parts if framework else (("0", 2),))
