"""The screen that lists the versions of a component."""

from __future__ import annotations

from drivetrain.model.listing import Versions
from drivetrain.report.columns import table
from drivetrain.report.markup import styled
from drivetrain.words import say


def versions_screen(versions: Versions) -> list[str]:
    """Gives one row for each version: number, date, where it is published, whether this target can use it."""
    words = {True: styled("good", say("usable")), False: styled("error", say("no")), None: "?"}
    rows = [(each.version, each.released or "", each.source, words[each.usable], each.says) for each in versions.versions]
    return table(rows, columns=100) if rows else [say("the catalogue knows no version of {component}", component=versions.component)]
