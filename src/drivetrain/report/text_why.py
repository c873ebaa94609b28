"""The screen of `plan --why`: the chain behind one thing of a plan, drawn as a short tree."""

from __future__ import annotations

import re
from functools import reduce

from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.model.plan import Plan, Reason
from drivetrain.report.columns import wrapped
from drivetrain.report.markup import styled
from drivetrain.report.typed import requirement_name
from drivetrain.words import say

COLUMNS = 96
MOST = 10
"""Branches that are drawn; the rest is in --json."""
LINKS = 6
"""Links that are drawn below one reason."""


def why_screen(plan: Plan, asked: str) -> list[str]:
    """Gives every reason about what was asked, with what it rests on and its sources."""
    reasons = reasons_for(plan, asked)
    lines = [styled("strong", _title(plan, asked))]
    if not reasons:
        return [*lines, _silence(plan, asked)]
    lines += tree(reasons, most=MOST)
    if (left := len(_grouped(reasons)) - MOST) > 0:
        lines.append(say("and {count} more: --json", count=left))
    return lines


def reasons_for(plan: Plan, asked: str) -> tuple[Reason, ...]:
    """Gives the reasons about a package, CUDA, cuDNN, Python or conda; with a specifier those about the releases that it admits."""
    name = requirement_name(asked)
    specifier = asked.strip()[len(name) :].strip() if name != asked else ""
    about = {name, *_packages(plan, name)}
    found = tuple(each for each in plan.reasons if each.about in about)
    return tuple(each for each in found if not specifier or not each.version or _admits(specifier, each.version))


def _admits(specifier: str, version: str) -> bool:
    try:
        return satisfies(version.split(" ")[0], specifier)
    except ValueError:
        return False


def _packages(plan: Plan, name: str) -> list[str]:
    """Gives the packages that a component's name stands for: cudnn for nvidia-cudnn-cu12."""
    starts = {"cuda": ("nvidia-cuda-runtime", "cuda-version", "cudatoolkit")}.get(name, (f"nvidia-{name}-", f"nvidia-{name}"))
    return [each.called for each in plan.packages if name in (each.name, each.called) or each.name.startswith(starts)]


def _title(plan: Plan, asked: str) -> str:
    name = requirement_name(asked)
    if name == "python":
        return f"Python {plan.python}"
    packages = _packages(plan, name)
    package = plan.package(packages[0]) if packages else None
    return f"{package.name} {package.version} {package.build}".rstrip() if package else asked


def _silence(plan: Plan, asked: str) -> str:
    name = requirement_name(asked)
    if name == "python":
        return say("it is the newest Python that may be chosen here")
    if not _packages(plan, name):
        return say("the plan does not hold it")
    return say("nothing speaks against this release, and none that this target could run is newer")


def tree(reasons: tuple[Reason, ...], stem: str = "", cause: str = "", most: int = LINKS) -> list[str]:
    """Draws reasons, and what each rests on, as branches; releases that one sentence speaks of share a branch, and a cause is named where it changes."""
    lines: list[str] = []
    groups = _grouped(reasons)[:most]
    shown: set[str] = set()
    for at, group in enumerate(groups):
        reason, last = group[0], at == len(groups) - 1
        below = stem + ("   " if last else "│  ")
        links = tuple(each for each in reason.because if each.says not in reason.says)
        slug = "" if reason.cause in (cause, "best-stack") else " " + styled("dim", f"[{reason.cause}]")
        pieces = wrapped(told(group) + slug, COLUMNS - len(stem) - 3)
        lines += [stem + ("└─ " if last else "├─ ") + pieces[0]]
        hang = below + ("│  " if links else "   ")
        lines += [hang + each for each in pieces[1:]]
        sources = [each for each in reason.sources[:2] if each not in shown and _shows_sources(reason, cause)]
        lines += [hang + styled("dim", each) for each in sources]
        shown.update(sources)
        lines += tree(links, below, reason.cause)
    return lines


def _shows_sources(reason: Reason, above: str) -> bool:
    """A release's own row is a source of everything said of it: it is shown once, for what decides, not for each of its builds."""
    return not above and reason.cause != "source-not-counted" and " " not in (reason.version or "")


def _grouped(reasons: tuple[Reason, ...]) -> list[list[Reason]]:
    """Puts together what says the same of several releases or builds, where the first of them stands."""
    groups: dict[object, list[Reason]] = {}
    for number, reason in enumerate(reasons):
        groups.setdefault(_same(reason) if reason.version else number, []).append(reason)
    return list(groups.values())


def _same(reason: Reason) -> tuple[str, str, bool]:
    base, _, label = (reason.version or "").partition(" ")
    says = reason.says.replace(f" {label} ", " ") if label else reason.says
    return reason.cause, _mention(base).sub("~", says), bool(label)


def told(group: list[Reason]) -> str:
    """Gives what is said of one release, or of several, in one sentence that names them."""
    reason = group[0]
    if not reason.version:
        return reason.says
    versions = list(dict.fromkeys(each.version or "" for each in group))
    base = reason.version.split(" ")[0]
    if not _mention(base).search(reason.says):
        if reason.says.startswith(say("left out")):
            return f"{_named(versions)} {reason.says}"
        named = f"{reason.about} {_named(versions)}"
        return say("{named}: {says}", named=named, says=reason.says) if " " in reason.version else f"{named} {reason.says}"
    further = say(" (also {versions})", versions=_named(versions[1:], base)) if len(versions) > 1 else ""
    label = reason.version[len(base) :]
    says = reason.says if label.strip() in reason.says else reason.says.replace(base, reason.version, 1)
    return says + further


def _mention(version: str) -> re.Pattern[str]:
    """Matches where a sentence names that version: 2.7.12 does not name 2.7.1, 2.14.1+cu126 names 2.14.1."""
    return re.compile(rf"(?<![\d.]){re.escape(version)}(?!\d|\.\d)")


def _named(versions: list[str], base: str = "") -> str:
    """Lists releases; builds of one release are listed by their labels."""
    first = base or versions[0].split(" ")[0]
    if all(each.startswith(f"{first} ") for each in versions):
        labels = _listed([each.split(" ", 1)[1] for each in versions])
        return labels if base else f"{first} {labels}"
    return _listed(versions)


def _listed(names: list[str]) -> str:
    return reduce(lambda one, other: say("{one}, {other}", one=one, other=other), names)
