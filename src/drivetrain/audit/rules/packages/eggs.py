"""Eggs, the form before wheels: one beside a wheel of the same name, or one that an uninstall left behind."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import join

from drivetrain.audit.deleting import deleting
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.site_folder import Egg
from drivetrain.words import say

_TO_THE_FRONT = "__plen"
"""What setuptools wrote into easy-install.pth to put its eggs before everything else; source: https://github.com/fonttools/fonttools/issues/929."""


def _check(context: Context) -> Iterator[Outcome]:
    eggs = context.environment.eggs
    if not eggs:
        yield RULE.clear(WHOLE, say("no eggs are here"))
        return
    said = False
    for egg in eggs:
        wheel = next((one for one in context.environment.installed if one.name == egg.name and one.path != egg.path), None)
        if wheel is not None and egg.active:
            said = True
            yield _beside(context, egg, wheel)
        elif not egg.active and egg.kind == "link" and not egg.source:
            said = True
            yield RULE.unknown(egg.name, say("{path} names no folder", path=egg.path))
        elif not egg.active:
            said = True
            yield _left(context, egg)
    if not said:
        yield RULE.clear(WHOLE, say("{count} eggs are here, none beside a wheel of its name", count=len(eggs)))


def _beside(context: Context, egg: Egg, wheel: Installed) -> Outcome:
    place = egg.source if egg.kind == "link" else egg.path
    first = _comes_first(context, place)
    theirs = f"{egg.name} {egg.version}".strip()
    mine = f"{wheel.name} {wheel.version}"
    says = (
        say("the egg {theirs} comes before {mine}, which was installed as well", theirs=theirs, mine=mine)
        if first
        else say("{mine} comes before {theirs} in {place}: changes there have no effect", theirs=theirs, mine=mine, place=place)
    )
    return RULE.found(
        egg.name,
        says,
        (Evidence(path=egg.path, text=theirs), Evidence(path=wheel.path, text=mine)),
        (Fix(says=say("delete {path} and its line in easy-install.pth", path=egg.path), safety="shown",
             commands=(join(("python", "-m", "pip", "uninstall", egg.name)),)),),
        severity="error" if first and egg.version != wheel.version else "warning",
    )  # fmt: skip


def _comes_first(context: Context, place: str) -> bool:
    """Path files add to the end of the path, except where their code moves what they added to the front."""
    return any(_TO_THE_FRONT in line for file in context.environment.path_files if place in file.folders for line in file.code)


def _left(context: Context, egg: Egg) -> Outcome:
    return RULE.found(
        egg.name,
        say("{path} is in nobody's search path: an uninstall left it, and tools list it still", path=egg.path),
        (Evidence(path=egg.path, text=say("left over")),),
        (Fix(says=say("delete {paths}", paths=egg.path), commands=deleting(context, egg.path), safety="shown"),),
        severity="note",
    )


RULE = Rule(
    cause="egg-beside-wheel",
    severity="warning",
    check=_check,
    sources=(
        "https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html",
        "https://github.com/fonttools/fonttools/issues/929",
    ),
)
