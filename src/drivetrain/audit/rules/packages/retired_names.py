"""A framework under a name that is no longer made: it stays at its last release whatever is upgraded."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule, older
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_SINCE = {"tensorflow-gpu": "2.1"}
"""From this release on the framework's own name has all that the other one has; source: https://www.tensorflow.org/install/pip."""


def _check(context: Context) -> Iterator[Outcome]:
    said = False
    for framework in context.catalogue.frameworks:
        for old, new in framework.renamed:
            one = context.environment.distribution(old)
            if one is None:
                continue
            before = older(one.version, _SINCE.get(old, "0"))
            if before is None:
                said = True
                yield RULE.unknown(old, say("{version} is no version that can be ordered", version=one.version))
            # Both of them in one environment is a worse fault, and another rule's.
            elif not before and context.environment.distribution(new) is None:
                said = True
                yield _found(one, new)
    if not said:
        yield RULE.clear(WHOLE, say("no framework is here under a name that is retired"))


def _found(one: Installed, new: str) -> Outcome:
    return RULE.found(
        one.name,
        say("{name} {version} is a retired name: new releases come as {new} alone", name=one.name, version=one.version, new=new),
        (Evidence(path=one.path, text=f"{one.name} {one.version}"),),
        (Fix(says=say("install {new} instead", new=new), edit=Edit(require=(new,), drop=(one.name,)), safety="unsafe"),),
    )


RULE = Rule(cause="removed-package-name", severity="note", check=_check, sources=("https://www.tensorflow.org/install/pip",))
