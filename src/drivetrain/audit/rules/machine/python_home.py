"""PYTHONHOME, which takes another Python's standard library into every environment."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import not_told, shown, unset
from drivetrain.model.outcome import Outcome
from drivetrain.words import say

_NAME = "PYTHONHOME"


def _check(context: Context) -> Iterator[Outcome]:
    variables = context.variables
    if variables is None:
        yield not_told(RULE, context, _NAME)
        return
    value = variables.get(_NAME)
    if not value:
        yield RULE.clear(_NAME, say("{name} is not set", name=_NAME))
    elif _is_own(context, value.rstrip("/\\")):
        yield RULE.clear(_NAME, say("{name} is this environment's own Python", name=_NAME))
    elif context.environment.kind == "folder" or context.environment.interpreter is None:
        yield RULE.unknown(_NAME, say("which Python runs with this folder is not known"), evidence=[shown(_NAME, context)])
    else:
        says = say(
            "{name}={value}: every Python takes its standard library from there, and the environment's own one does not start or fails in odd places",
            name=_NAME, value=value,
        )  # fmt: skip
        yield RULE.found(_NAME, says, (shown(_NAME, context),), (unset(_NAME),))


def _is_own(context: Context, value: str) -> bool:
    """Tells whether it names the environment, or the Python that this was made with."""
    python = context.environment.interpreter
    places = (python.target, python.home) if python is not None else ()
    return value == context.environment.prefix.rstrip("/\\") or any(each == value or each.startswith((f"{value}/bin", f"{value}\\")) for each in places)


RULE = Rule(cause="pythonhome-set", severity="error", check=_check, sources=("https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHOME",))
