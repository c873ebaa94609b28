"""The screens of `drivetrain catalogue`: what it holds and how old it is, what is known of one distribution, what a refresh brought, what a check found."""

from __future__ import annotations

from collections.abc import Iterable

from drivetrain.model.listing import CatalogueFacts, CatalogueSummary, Change, Fault, KnownBuild, Overlay
from drivetrain.report.amounts import age, counted, duration
from drivetrain.report.columns import table, width, wrapped
from drivetrain.report.markup import styled
from drivetrain.words import say

_SHOWN = 12
"""How many rows of a kind a screen has room for; --json has all."""


def summary_screen(summary: CatalogueSummary, today: str) -> list[str]:
    """Gives the age of the facts, the frameworks, the files behind them, and how many libraries there are besides."""
    lines = [*_age_lines(summary, today), ""]
    rows = [
        (styled("name", each.name), each.newest, each.released, say("{count} releases", count=counted(each.releases)))
        for each in summary.frameworks
        if each.framework
    ]
    lines += table(rows)
    others = [each for each in summary.frameworks if not each.framework]
    releases = counted(sum(each.releases for each in others))
    lines.append(say("and {count} libraries and companions with {releases} releases", count=counted(len(others)), releases=releases))
    lines += ["", *_file_lines(summary, today)]
    return [*lines, "", *wrapped(say("one distribution with its sources: {command}", command=styled("command", "drivetrain catalogue show NAME")))]


def _file_lines(summary: CatalogueSummary, today: str) -> list[str]:
    """Gives a row for each file: how old, how many rows and sources, what it is."""
    head = (say("file"), say("made"), say("rows"), say("sources"), "")
    numbers = [(counted(each.rows), counted(each.sources) if each.sources else "") for each in summary.files]
    right = [max(width(head[2 + at]), *(len(row[at]) for row in numbers)) for at in (0, 1)] if numbers else [0, 0]
    rows = [
        (each.name.removesuffix(".json"), _aged(each.newest, today), number[0].rjust(right[0]), number[1].rjust(right[1]), each.what)
        for each, number in zip(summary.files, numbers, strict=True)
    ]
    heads = tuple(" " * (right[at - 2] - width(text)) + text if at in (2, 3) else text for at, text in enumerate(head))
    first, *others = table([heads, *rows])
    return [styled("strong", first), *others]


def _age_lines(summary: CatalogueSummary, today: str) -> list[str]:
    lines = [say("facts of {day} ({age})", day=summary.as_of, age=_aged(summary.as_of, today))]
    overlay = summary.overlay
    if overlay is not None and overlay.used:
        lines += wrapped(say("read from {places}", places=", ".join(overlay.places) or say("package index")), hanging=2)
    elif overlay is not None:
        lines += wrapped(_unused(summary, overlay), hanging=2)
    else:
        lines += wrapped(say("as they came with drivetrain; newer ones: {command}", command=styled("command", "drivetrain catalogue refresh")), hanging=2)
    return lines


def _unused(summary: CatalogueSummary, overlay: Overlay) -> str:
    if overlay.days > 7:
        says = say("what was read on {day} is older than 7 days and not used", day=overlay.as_of)
    else:
        says = say("what was read on {day} is older than what came with drivetrain ({shipped}) and not used", day=overlay.as_of, shipped=summary.shipped)
    return say("{says}; newer facts: {command}", says=says, command=styled("command", "drivetrain catalogue refresh"))


def _aged(day: str, today: str) -> str:
    from datetime import date

    try:
        return age((date.fromisoformat(today) - date.fromisoformat(day)).days)
    except ValueError:
        return "?"


def facts_screen(facts: CatalogueFacts) -> list[str]:
    """Gives the newest releases, builds, device code and breaks of one distribution, and every source at the end."""
    lines = [styled("strong", f"{facts.name}  {facts.title}".rstrip()), "", styled("strong", say("releases"))]
    rows = [
        (each.version, each.released, say("yanked") if each.yanked else "", _pythons(each.requires_python), ", ".join(each.platforms))
        for each in facts.releases[:_SHOWN]
    ]
    lines += [*table(rows, indent=2, columns=100), *_rest(len(facts.releases))]
    if facts.releases:
        newest = next((each for each in facts.releases if each.read_from), facts.releases[0])
        lines += ["", styled("strong", say("what {name} {version} requires", name=facts.name, version=newest.version))]
        lines += [f"  {each}" for each in newest.requires] or [
            "  " + (say("nothing") if newest.read_from else say("not known: its METADATA could not be read"))
        ]
    if facts.builds:
        lines += ["", styled("strong", say("builds, newest first")), *_builds(facts.builds)]
    if facts.code:
        lines += ["", styled("strong", say("device code"))]
        code = [
            (
                each.versions.removeprefix("=="),
                each.library,
                ", ".join(each.platforms),
                say("counted") if each.measured else say("from a document"),
                " ".join(target for target, _ in each.targets),
            )
            for each in reversed(facts.code[-_SHOWN:])
        ]
        lines += [*table(code, indent=2, columns=110), *_rest(len(facts.code))]
    if facts.breaks:
        lines += ["", styled("strong", say("what breaks although metadata lets it together"))]
        for row in facts.breaks:
            says = f"{row.distribution} {row.versions} + {row.other} {row.other_versions}: {row.says} {styled('dim', f'[{row.cause}]')}"
            lines += [f"  {line}" for line in wrapped(says, 98, 2)]
    if facts.sources:
        shown = facts.sources[: 2 * _SHOWN]
        lines += ["", styled("strong", say("sources")), *(f"  {each}" for each in shown), *_rest(len(facts.sources), 2 * _SHOWN)]
    return lines


def _builds(builds: tuple[KnownBuild, ...]) -> list[str]:
    rows = [
        (
            each.version,
            each.build,
            f"CUDA {each.cuda}" if each.cuda else "",
            f"cuDNN {each.cudnn}" if each.cudnn else "",
            ", ".join(each.places),
            ", ".join(each.platforms),
        )
        for each in reversed(builds[-_SHOWN:])
    ]
    return [*table(rows, indent=2, columns=110), *_rest(len(builds))]


def _pythons(requires_python: str) -> str:
    return f"Python {requires_python}" if requires_python else ""


def _rest(count: int, shown: int = _SHOWN) -> list[str]:
    return ["  " + styled("dim", say("and {count} more: --json", count=counted(count - shown)))] if count > shown else []


def refresh_screen(summary: CatalogueSummary, first: Iterable[str]) -> list[str]:
    """Gives what a refresh brought: news by kind, those of `first` (the frameworks) before the others."""
    overlay = summary.overlay
    places = ", ".join(overlay.places) if overlay else ""
    releases = counted(sum(each.releases for each in summary.frameworks))
    told = say(
        "{count} distributions, {releases} releases in {time}, from {places}",
        count=counted(len(summary.frameworks)),
        releases=releases,
        time=duration(summary.seconds or 0.0),
        places=places,
    )
    lines = [*wrapped(told, hanging=2), ""]
    order = {name: number for number, name in enumerate(first)}
    titles = {
        "released": say("new"),
        "yanked": styled("warning", say("yanked")),
        "unyanked": say("no longer yanked"),
        "removed": say("no longer listed"),
        "added": say("now on the index"),
        "dropped": say("no longer on the index"),
        "wheels": say("other wheels"),
        "requirements": say("other requirements"),
    }
    rows = []
    for what, title in titles.items():
        mine = sorted((each for each in summary.changes if each.what == what), key=lambda each: order.get(each.distribution, len(order)))
        if mine:
            rows.append((title, _named(mine)))
    lines += table(rows, columns=100) if rows else [say("nothing has changed")]
    return [*lines, "", *wrapped(say("plans count it for 7 days; every change: {command}", command=styled("command", "drivetrain catalogue refresh --json")))]


def _named(changes: list[Change]) -> str:
    names = [f"{each.distribution} {each.version}".rstrip() for each in changes]
    shown = say(", ").join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else say("{names} and {count} more", names=shown, count=counted(len(names) - _SHOWN))


def check_screen(summary: CatalogueSummary, today: str) -> list[str]:
    """Gives each fault by file, then the age of every file."""
    faults = summary.faults or ()
    rows = sum(each.rows for each in summary.files)
    lines: list[str] = []
    for name in dict.fromkeys(each.file for each in faults):
        mine = [each for each in faults if each.file == name]
        lines += [styled("strong", name), *(line for each in mine[:_SHOWN] for line in _fault(each)), *_rest(len(mine)), ""]
    lines += _file_lines(summary, today)
    said = (
        styled("error", say("faults: {count}", count=counted(len(faults))))
        if faults
        else styled("good", say("every row is whole: {count} rows in {files} files", count=counted(rows), files=len(summary.files)))
    )
    return [*lines, "", said]


def _fault(fault: Fault) -> list[str]:
    return table([(styled("error", _fault_words()[fault.fault]), f"{fault.row}: {fault.says}" if fault.row else fault.says)], indent=2, columns=100)


def _fault_words() -> dict[str, str]:
    return {
        "schema": say("damaged"),
        "source": say("no source"),
        "spelling": say("spelling"),
        "contradiction": say("contradiction"),
        "date": say("date"),
        "page": say("no page"),
    }
