"""What rules about variables share: answers where none are known, and fixes that set or unset one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import NamedFolder
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

Safety = Literal["safe", "unsafe", "shown"]


def not_told(rule: Rule, context: Context, about: str) -> Outcome:
    """Gives the answer where no variables are known."""
    if context.plan is not None:
        return rule.clear(about, say("an environment in the making is judged without the variables of whoever makes it"))
    return rule.unknown(about, say("which variables its programs will find is not known"))


def unset(*names: str, safety: Safety = "shown") -> Fix:
    """Gives the fix that unsets variables.

    "safe" is what an environment of ours may keep in its activation: the value stops or misleads what is installed in it whatever the shell is for. A list that
    a shell puts together, and what somebody may have chosen for one run, is its owner's to change.
    """
    return Fix(says=say("run without {names}", names=", ".join(names)), edit=Edit(variables=FrozenMap(dict.fromkeys(names))), safety=safety)


def set_to(name: str, value: str | None, *, safety: Safety = "shown") -> Fix:
    """Gives the fix that sets a variable; with no value left, the one that unsets it."""
    if not value:
        return unset(name, safety=safety)
    return Fix(says=say("give {name} another value", name=name), edit=Edit(variables=FrozenMap({name: value})), safety=safety)


def taken_out(folders: str, left: Iterable[str]) -> Fix:
    """Gives the fix that leaves only these folders in LD_LIBRARY_PATH; `folders`: what it takes out, as people call it."""
    return Fix(
        says=say("take {folders} out of LD_LIBRARY_PATH for this environment", folders=folders),
        edit=Edit(variables=FrozenMap({"LD_LIBRARY_PATH": ":".join(left) or None})),
        safety="shown",
    )


def shown(name: str, context: Context) -> Evidence:
    """Gives the variable as a shell would print it."""
    value = context.variable(name)
    return Evidence(text=f"{name}={value}" if value else f'{name}=""')


def listed(context: Context, name: str) -> tuple[str, ...]:
    """Gives the entries of a variable that is a list of folders, empty ones left out."""
    separator = ";" if context.environment.platform == "windows" else ":"
    return tuple(each for each in (context.variable(name) or "").split(separator) if each)


def without(context: Context, name: str, *folders: NamedFolder) -> Fix:
    """Gives the fix that takes folders out of a variable that is a list of them."""
    separator = ";" if context.environment.platform == "windows" else ":"
    gone = {each.path for each in folders}
    return set_to(name, separator.join(each for each in listed(context, name) if each not in gone))


def is_on(value: str | None) -> bool:
    """Tells whether a switch is on."""
    return (value or "").strip().lower() in ("1", "true", "yes", "on")
