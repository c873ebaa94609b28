"""A virtual environment that was copied or moved since it was made: its activation and its programs lead to the place that it had."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.moved import has_moved, set_right, traces
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.outcome import Outcome
from drivetrain.model.site_folder import Origin
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    environment, origin, python = context.environment, context.environment.origin, context.environment.interpreter
    if origin is None:
        yield RULE.clear(WHOLE, say("only a virtual environment names the place that it was made for"))
    elif origin.state == "kept":
        yield RULE.clear(WHOLE, say("drivetrain keeps it for {folder}", folder=origin.folder))
    elif origin.state == "unnamed" and origin.named_by:
        yield RULE.clear(WHOLE, say("its activation finds its own place"))
    elif not origin.folder:
        yield RULE.unknown(WHOLE, say("none of its files names the place that it was made for"))
    elif not context.runs_here or (environment.libraries and environment.system is None) or not origin.state:
        yield RULE.unknown(WHOLE, say("it was made for {folder}; where it lies on its machine cannot be told from here", folder=origin.folder))
    elif not has_moved(environment):
        yield RULE.clear(WHOLE, say("it lies where it was made"))
    elif python is not None and python.pip_lies in ("elsewhere", "nowhere"):
        yield RULE.clear(WHOLE, say("its pip shows it already: another rule's finding"))
    else:
        yield _found(context, origin)


def _found(context: Context, origin: Origin) -> Outcome:
    says = (
        say("it was made for {folder}, which is another folder now: activating this one activates that one", folder=origin.folder)
        if origin.state == "elsewhere"
        else say("it was made for {folder}, which is gone: activating it activates nothing", folder=origin.folder)
    )
    if origin.programs:
        says = say("{says}; programs that do not start this environment's Python: {count}", says=says, count=len(origin.programs))
    return RULE.found(WHOLE, says, traces(context.environment), set_right(context))


RULE = Rule(
    cause="environment-moved",
    severity="warning",
    check=_check,
    sources=("https://docs.python.org/3/library/venv.html#how-venvs-work", "https://docs.astral.sh/uv/reference/cli/#uv-venv"),
)
