"""XLA_FLAGS that a jaxlib refuses: JAX dies at its first operation, whatever the flag was for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import not_told, set_to, shown
from drivetrain.catalogue.xla_flags import known_flags, knows, last_with
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_NAME = "XLA_FLAGS"
_FLAG = re.compile(r"--(xla_\w+)")


def _check(context: Context) -> Iterator[Outcome]:
    jaxlib = context.environment.distribution("jaxlib")
    if jaxlib is None:
        yield RULE.clear(_NAME, say("{name} is not installed", name="jaxlib"))
    elif context.variables is None:
        yield not_told(RULE, context, _NAME)
    elif not context.variable(_NAME):
        yield RULE.clear(_NAME, say("{name} is not set", name=_NAME))
    else:
        yield from _judged(context, jaxlib, context.variable(_NAME) or "")


def _judged(context: Context, jaxlib: Installed, value: str) -> Iterator[Outcome]:
    flags = list(dict.fromkeys(_FLAG.findall(value)))
    refused = [each for each in flags if knows(jaxlib.version, each) is False]
    if refused:
        yield _refused(context, jaxlib, value, refused)
        return
    untold = [each for each in flags if knows(jaxlib.version, each) is None and each.startswith(("xla_gpu_", "xla_cpu_"))]
    if untold:
        yield RULE.unknown(_NAME, say("whether jaxlib {version} knows {flags} is not known", version=jaxlib.version, flags=", ".join(untold)))
    else:
        yield RULE.clear(_NAME, say("jaxlib {version} knows the flags of {name}", version=jaxlib.version, name=_NAME))


def _refused(context: Context, jaxlib: Installed, value: str, refused: list[str]) -> Outcome:
    first = refused[0]
    last = last_with(first)
    says = (
        say(
            "jaxlib {version} no longer knows --{flag} and stops the process at it; {last} was the last that did", version=jaxlib.version, flag=first, last=last
        )
        if last
        else say("jaxlib {version} knows no flag --{flag} and stops the process at it", version=jaxlib.version, flag=first)
    )
    evidence = [shown(_NAME, context), Evidence(path=jaxlib.path, text=f"jaxlib {jaxlib.version}")]
    kept = " ".join(each for each in value.split() if _FLAG.match(each) is None or each.partition("=")[0].removeprefix("--") not in refused)
    return RULE.found(_NAME, says, evidence, [*_mistyped(jaxlib, value, first), set_to(_NAME, kept)])


def _mistyped(jaxlib: Installed, value: str, flag: str) -> Iterator[Fix]:
    present = [each for each in known_flags() if knows(jaxlib.version, each)]
    if last_with(flag) is None and (near := get_close_matches(flag, present, n=1, cutoff=0.9)):
        yield set_to(_NAME, value.replace(f"--{flag}", f"--{near[0]}"))


RULE = Rule(
    cause="xla-flag-unknown",
    severity="error",
    check=_check,
    sources=("https://openxla.org/xla/flags_guidance", "https://docs.jax.dev/en/latest/xla_flags.html"),
)
