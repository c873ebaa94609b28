"""The screen of `drivetrain` alone: the GPU, the driver and its ceiling, the environment at hand, the next command to type."""

from __future__ import annotations

from msgspec import Struct

from drivetrain.model.machine import Machine
from drivetrain.report.amounts import age
from drivetrain.report.columns import table
from drivetrain.report.markup import styled
from drivetrain.report.text_machine import head_rows
from drivetrain.report.text_plan import label_rows
from drivetrain.report.typed import Typed
from drivetrain.words import say


class Home(Struct, frozen=True, kw_only=True):
    """The environment at hand, as its folder tells without a search."""

    prefix: str | None = None
    """As a person would type it; None when there is none."""
    ours: bool = False
    frameworks: tuple[str, ...] = ()
    """"torch 2.14.1 cu126": name, version, build."""
    proven: bool | None = None
    """None when it was never verified."""
    proven_days: int = 0
    errors: int = 0
    """Errors of its last audit."""
    changed: tuple[str, ...] = ()
    """What has changed of the machine since it was made."""


def home_screen(machine: Machine, home: Home, typed: Typed) -> list[str]:
    """Gives the lines of `drivetrain` alone."""
    if home.prefix is None:
        place = [(say("no environment"), say("neither an active one nor ./.venv"))]
        rows = [("", typed.bare("up", *typed.examples))]
    else:
        stack = " · ".join(home.frameworks) or say("no framework in it")
        place = [(styled("strong", home.prefix), f"{stack}   {_health(home)}")]
        rows = [("", typed.bare("run", "--", "python", "train.py")), ("", typed.bare("audit"))]
        if home.errors:
            rows = [("", typed.bare("fix")), ("", typed.bare("audit"))]
        elif not home.frameworks:
            rows = [("", typed.bare("add" if home.ours else "plan", *typed.examples)), ("", typed.bare("audit"))]
    lines = table([*head_rows(machine), *place], gap=3, columns=100)
    changed = [
        (
            styled("warning", say("note")),
            say("the machine has changed since {prefix} was made: {changes}", prefix=home.prefix, changes=say("; ").join(home.changed)),
        )
    ]
    notes = (changed if home.changed else []) + [(styled("warning", say("note")), f"{each.says} {styled('dim', f'[{each.cause}]')}") for each in machine.notes]
    if notes:
        lines += ["", *table(notes)]
    commands = [(say("next") if at == 0 else "", styled("command", command)) for at, (_, command) in enumerate(rows)]
    return [*lines, "", *label_rows([*commands, ("", styled("command", typed.bare("--help")) + "   " + say("every command"))])]


def _health(home: Home) -> str:
    if home.errors:
        return styled("error", say("its last audit found {count} errors", count=home.errors))
    if home.proven is None:
        return styled("dim", say("not proven yet"))
    if not home.proven:
        return styled("error", say("its last proof failed"))
    return styled("good", say("proven {when}", when=age(home.proven_days)))
