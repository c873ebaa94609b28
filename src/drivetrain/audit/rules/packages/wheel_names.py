"""Two wheels of one framework: its CPU and its CUDA build, or those of two CUDAs, which hold the same folder under different names."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.build import Framework
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    found = False
    for framework in context.catalogue.frameworks:
        names = dict.fromkeys((framework.distribution, *framework.names)) if framework.names else {}
        there = [one for name in names if (one := context.environment.distribution(name)) is not None]
        if len(there) > 1:
            found = True
            yield _found(framework, there)
    if not found:
        yield RULE.clear(WHOLE, say("no framework is installed under two names"))


def _found(framework: Framework, there: list[Installed]) -> Outcome:
    names = tuple(one.name for one in there)
    return RULE.found(
        framework.distribution,
        say(
            "{names} all hold the folder {folder}: what was installed last has overwritten the others",
            names=", ".join(f"{one.name} {one.version}" for one in there),
            folder=framework.import_name,
        ),
        tuple(Evidence(path=one.path, text=f"{one.name} {one.version}") for one in there),
        (
            Fix(
                says=say("plan {framework} again: one wheel, the one for this machine", framework=framework.distribution),
                edit=Edit(require=(framework.distribution,), drop=tuple(name for name in names if name != framework.distribution)),
            ),
        ),
        cause=framework.two_names or RULE.cause,
    )


RULE = Rule(
    cause="duplicate-framework-packages",
    severity="error",
    check=_check,
    sources=("https://onnxruntime.ai/docs/install/", "https://docs.cupy.dev/en/stable/install.html"),
)
