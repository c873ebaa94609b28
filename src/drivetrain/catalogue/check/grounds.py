"""Asks every row for its source, its cause for a page, and its days for being past."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from drivetrain.catalogue.check.material import Material
from drivetrain.model.listing import Fault
from drivetrain.words import say

_DAY = re.compile(r"(?<![\d.-])20\d\d-[01]\d-[0-3]\d(?![\d.])")


def source_faults(material: Material) -> Iterator[Fault]:
    """Gives the rows without a source."""
    for builds in material.builds:
        yield from _unsourced(builds.file, ((f"{row.version} {row.build}", row.sources) for row in builds.rows))
    yield from _unsourced("device_code.json", ((f"{row.distribution} {row.versions}", row.sources) for row in material.code))
    yield from _unsourced("breaks.json", ((f"{row.distribution} + {row.other}", row.sources) for row in material.breaks))
    yield from _unsourced("conda.json", ((f"{row.package} {row.version}", row.sources) for row in material.conda))
    for framework, rows in material.pairs:
        yield from _unsourced(f"{framework.name}/pairs.json", ((f"{framework.name} {row.get(framework.name)}", row.get("sources", ())) for row in rows))
    for name, document in (("drivers.json", material.drivers), ("gpus.json", material.gpus)):
        known = len(document.get("sources", ()))
        for kind, columns in document.get("columns", {}).items():
            at = columns.index("sources")
            for row in document.get(kind, ()):
                if not row[at] or not all(isinstance(number, int) and 0 <= number < known for number in row[at]):
                    yield Fault(file=name, row=f"{kind} {row[0]} {row[1]}", fault="source", says=say("it has no source"))
    for name, document in material.others:
        if isinstance(document, list):
            yield from _unsourced(name, ((_first(row), row.get("sources", ())) for row in document if isinstance(row, dict)))


def _unsourced(file: str, rows: Iterable[tuple[str, Any]]) -> Iterator[Fault]:
    for name, sources in rows:
        named = (sources,) if isinstance(sources, str | int) else tuple(sources)
        if not named or not all(isinstance(each, int) or str(each).strip() for each in named):
            yield Fault(file=file, row=name, fault="source", says=say("it has no source"))


def _first(row: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in list(row.values())[:3] if isinstance(value, str))


def page_faults(material: Material) -> Iterator[Fault]:
    """Gives the causes that a row names and that have no page in a language."""
    named = [("breaks.json", f"{row.distribution} + {row.other}", row.cause) for row in material.breaks]
    named += [(f"{each.name}/__init__.py", f"os_rules {rule.os}", rule.cause) for each in material.frameworks for rule in each.os_rules]
    for file, row, cause in named:
        for language, slugs in material.pages:
            if cause not in slugs:
                yield Fault(file=file, row=row, fault="page", says=say("its cause {cause} has no page in {language}", cause=cause, language=language))


def date_faults(material: Material, today: str, made: Mapping[str, str]) -> Iterator[Fault]:
    """Gives the days that have not come yet, and the files of which nobody noted when they were made."""
    for file, text in material.texts:
        for line, content in enumerate(text.splitlines(), 1):
            for day in dict.fromkeys(each for each in _DAY.findall(content) if each > today):
                yield Fault(file=file, row=say("line {line}", line=line), fault="date", says=say("{day} is in the future", day=day))
        if file != "made.json" and file not in made and not _DAY.search(text):
            yield Fault(file=file, row="", fault="date", says=say("nobody noted when it was made: made.json has no day for it"))
