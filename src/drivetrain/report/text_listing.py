"""The screens that list: the versions of a component, the catalogue."""

from __future__ import annotations

from drivetrain.model.listing import CatalogueSummary, Versions
from drivetrain.report.columns import table
from drivetrain.report.markup import styled
from drivetrain.words import say


def versions_screen(versions: Versions) -> list[str]:
    """Gives one row for each version: number, date, where it is published, whether this target can use it."""
    words = {True: styled("good", say("usable")), False: styled("error", say("no")), None: "?"}
    rows = [(each.version, each.released or "", each.source, words[each.usable], each.says) for each in versions.versions]
    return table(rows, columns=100) if rows else [say("the catalogue knows no version of {component}", component=versions.component)]


def catalogue_screen(summary: CatalogueSummary) -> list[str]:
    """Gives the catalogue's day and one row for each distribution."""
    rows = [(styled("name", each.name), each.newest, say("{count} releases", count=each.releases), each.checked) for each in summary.frameworks]
    return [say("the facts of {day}", day=summary.as_of), "", *table(rows)]
