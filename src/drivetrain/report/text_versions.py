"""The screen of `drivetrain versions`: what to take first, then place by place what can be used and the reasons against the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from drivetrain.model.listing import VersionRow, Versions
from drivetrain.report.amounts import counted
from drivetrain.report.columns import padded, table, width, wrapped
from drivetrain.report.markup import styled
from drivetrain.words import say

_NEWEST = 3
"""How many usable versions of a place a screen shows without --all."""
_REASONS = 3
_ALIKE = ("compute-capability-not-in-build", "dependency-pin-conflict")


def versions_screen(versions: Versions, titles: dict[str, str], *, every: bool = False, again: str = "") -> list[str]:
    """Gives the lines; `titles` names the frameworks' own indexes, `again` is the line that lists everything."""
    if not versions.versions:
        return [say("the catalogue knows no version of {component}", component=versions.component)]
    lines = wrapped(f"{styled('strong', versions.component)}  {versions.target}", hanging=2)
    if versions.note:
        lines += wrapped(versions.note, hanging=2)
    else:
        lines += ["", *_take_lines(versions, titles)]
    sections = _sections(versions.versions)
    for source, package, rows in sections:
        title = _title(source, package, titles)
        lines += ["", *(_existing(title, rows) if versions.note and not every else _section(title, rows, every=every))]
        if source in versions.uncounted:
            lines += _indented(say("has not answered from here: a plan counts it with --sources all"))
        lines += [line for each in versions.terms if each.source == source for line in _indented(f"{each.says}: {each.url}")]
    if again and not every:
        lines += ["", *wrapped(say("every version, one a line: {command}", command=styled("command", again)))]
    return lines


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in wrapped(text, 78)]


def _take_lines(versions: Versions, titles: dict[str, str]) -> list[str]:
    if not versions.take:
        return [styled("warning", say("nothing of it can be used here"))]
    lines: list[str] = []
    label = max(width(say("take")), width(say("or"))) + 2
    for number, each in enumerate(versions.take):
        word = styled("good", say("take")) if number == 0 else say("or")
        title = _title(each.source, each.package, titles)
        lines.append(padded(word, label) + f"{styled('strong', each.version)}  {title}{f', {each.released}' if each.released else ''}")
        if each.command:
            lines.append(" " * label + styled("command", each.command))
    return lines


def _title(source: str, package: str, titles: dict[str, str]) -> str:
    named = {
        "wheel": say("package index"),
        "conda-forge": "conda-forge",
        "defaults": say("Anaconda's defaults"),
        "nvidia": say("NVIDIA's conda channel"),
        "archive": say("NVIDIA's archive"),
        "find-links": say("find-links"),
        **titles,
    }
    return f"{named.get(source, source)}: {package}" if package and source != "archive" else named.get(source, source)


def _sections(rows: Iterable[VersionRow]) -> list[tuple[str, str, list[VersionRow]]]:
    found: dict[tuple[str, str], list[VersionRow]] = {}
    for row in rows:
        found.setdefault((row.source, row.package), []).append(row)
    return [(source, package, each) for (source, package), each in found.items()]


def _section(title: str, rows: list[VersionRow], *, every: bool) -> list[str]:
    usable = [row for row in rows if row.usable]
    head = (
        say("{versions}, {usable} usable", versions=_count(rows), usable=counted(len(usable)))
        if usable
        else say("{versions}, none usable", versions=_count(rows))
    )
    lines = [f"{styled('strong', title)}  {head}"]
    if every:
        return [*lines, *table([(row.version, row.released or "", _mark(row), _detail(row)) for row in rows], indent=2, columns=100)]
    lines += table([(row.version, row.released or "", _detail(row)) for row in usable[:_NEWEST]], indent=2)
    if len(usable) > _NEWEST:
        lines.append("  " + styled("dim", say("and {count} older, down to {version}", count=counted(len(usable) - _NEWEST), version=usable[-1].version)))
    groups = _groups([row for row in rows if not row.usable])
    lines += table([(f"{_mark_of(group.usable)} {group.span}", group.says) for group in groups[:_REASONS]], indent=2)
    if len(groups) > _REASONS:
        left = sum(group.count for group in groups[_REASONS:])
        lines.append("  " + styled("dim", say("and {count} further versions that cannot be used", count=counted(left))))
    return lines


def _existing(title: str, rows: list[VersionRow]) -> list[str]:
    """Gives what there is, where nothing of it can be used."""
    lines = [f"{styled('strong', title)}  {_count(rows)}"]
    lines += table([(row.version, row.released or "", say(", ").join(row.builds)) for row in rows[:_NEWEST]], indent=2)
    if len(rows) > _NEWEST:
        lines.append("  " + styled("dim", say("and {count} older, down to {version}", count=counted(len(rows) - _NEWEST), version=rows[-1].version)))
    return lines


def _count(rows: list[VersionRow]) -> str:
    return say("one version") if len(rows) == 1 else say("{count} versions", count=counted(len(rows)))


class Group(Struct, frozen=True):
    """Versions with one reason."""

    usable: bool | None
    span: str
    says: str
    count: int


def _groups(rows: list[VersionRow]) -> list[Group]:
    """Joins the versions that one reason rules out, in the order of the newest of each."""
    found: dict[tuple[bool | None, str], list[VersionRow]] = {}
    for row in rows:
        # One chip is missing in one library of this release and another of that: to the reader it is one reason.
        alike = row.cause if row.cause in _ALIKE and row.usable is False else _of_major(_bare(row))
        found.setdefault((row.usable, alike or ""), []).append(row)
    return [Group(usable, _span(each), _shared(each), len(each)) for (usable, _), each in found.items()]


def _shared(rows: list[VersionRow]) -> str:
    """Gives the reason of several versions in words that hold for all of them."""
    text = _bare(rows[0])
    if len(rows) == 1:
        return text
    return re.sub(r" ?[（(][^()（）]*[)）]", "", text) if rows[0].cause == "dependency-pin-conflict" else _of_major(text)


def _of_major(text: str) -> str:
    """Gives a reason as it holds for every release of a CUDA major and every build: "CUDA 13.4 needs" as "CUDA 13 needs"."""
    return re.sub(r"(CUDA \d+)\.\d+(?! dropped)(?= needs| 要)", r"\1", re.sub(r"^cu\d+[:：] ?", "", text))


def _span(rows: list[VersionRow]) -> str:
    first, last = rows[0].version, rows[-1].version
    return first if first == last else say("{first} … {last} ({count})", first=first, last=last, count=len(rows))


def _bare(row: VersionRow) -> str:
    """Gives the reason without the name and version that it begins with."""
    return re.sub(rf"^[\w.-]+ {re.escape(row.version)}(?:\+\w+)?(?:[:：] ?| )", "", row.says)


def _mark(row: VersionRow) -> str:
    return {True: styled("good", "✓"), False: styled("error", "✗"), None: "?"}[row.usable]


def _mark_of(usable: bool | None) -> str:
    return styled("error", "✗") if usable is False else "?"


def _detail(row: VersionRow) -> str:
    builds = ", ".join(row.builds[:6]) + (" ..." if len(row.builds) > 6 else "")
    if row.usable:
        return say("; ").join(each for each in (builds, row.says) if each)
    return _bare(row)
