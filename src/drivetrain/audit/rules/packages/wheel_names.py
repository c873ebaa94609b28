"""Two wheels of one framework under different names, which hold the same folder: its CPU and its CUDA build, those of two CUDAs, a nightly one."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.contested import contested_in
from drivetrain.audit.one_framework import holders_in
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.build import Framework
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    several = [(framework, there) for framework in context.catalogue.frameworks if len(there := holders_in(context.environment, framework)) > 1]
    for framework, there in several:
        unread = [one for one in there if any(one.path in note for note in context.environment.notes)]
        if len(there) - len(unread) < 1:
            says = say("which files {names} hold could not be read", names=", ".join(f"{one.name} {one.version}" for one in unread))
            yield RULE.unknown(framework.distribution, says)
        else:
            yield _found(context, framework, there)
    if not several:
        yield RULE.clear(WHOLE, say("no framework is installed under two names"))


def _found(context: Context, framework: Framework, there: list[Installed]) -> Outcome:
    names = tuple(one.name for one in there)
    mixed = [each for each in contested_in(context.environment).different if {one.name for one, _ in each.claims} <= set(names)]
    return RULE.found(
        framework.distribution,
        say(
            "{names} all hold the folder {folder}: what was installed last has overwritten the others",
            names=", ".join(f"{one.name} {one.version}" for one in there),
            folder=framework.import_name,
        ),
        (*(Evidence(path=one.path, text=f"{one.name} {one.version}") for one in there), *(each.evidence for each in mixed)),
        (
            Fix(
                says=say("plan {framework} again: one wheel, the one for this machine", framework=framework.distribution),
                edit=Edit(require=(_kept(framework, there),), drop=tuple(name for name in names if name != framework.distribution)),
            ),
        ),
        cause=framework.two_names or RULE.cause,
    )


def _kept(framework: Framework, there: list[Installed]) -> str:
    """Where the plain name is one of several that are alike its version stays; where the wheels have names of their own, that is the planner's choice."""
    plain = next((one for one in there if one.name == framework.distribution), None)
    return framework.distribution if framework.names or plain is None else f"{plain.name}=={plain.version}"


RULE = Rule(
    cause="duplicate-framework-packages",
    severity="error",
    check=_check,
    sources=("https://onnxruntime.ai/docs/install/", "https://docs.cupy.dev/en/stable/install.html"),
)
