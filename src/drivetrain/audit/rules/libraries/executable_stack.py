"""A library that asks for an executable stack, which glibc from 2.41 on refuses to what is loaded later."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.families import frameworks_behind, required_by
from drivetrain.audit.loader.asking import untold
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.dotted import at_least
from drivetrain.model.library import Library
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_REFUSES = "2.41"


def _check(context: Context) -> Iterator[Outcome]:
    environment, glibc = context.environment, context.machine.os.glibc
    if not environment.libraries and environment.installed:
        yield RULE.unknown(WHOLE, say("its shared libraries were not read"))
        return
    asking = [each for each in environment.libraries if each.linkage.executable_stack and not each.link]
    if not asking or environment.platform != "linux":
        yield RULE.clear(WHOLE, say("no library here asks for an executable stack"))
    elif glibc is None or not context.runs_here:
        yield RULE.unknown(WHOLE, say("{count} libraries ask for an executable stack; which C library would load them is not known", count=len(asking)))
    elif not at_least(glibc, _REFUSES):
        yield RULE.clear(WHOLE, say("glibc {version} grants executable stacks", version=glibc))
    else:
        yield from _found(context, asking, glibc)


def _found(context: Context, asking: list[Library], glibc: str) -> Iterator[Outcome]:
    """An error only for what a framework is sure to load: others may lie unused."""
    loaded = set() if untold(context) else {one.path for each in context.loader.frameworks for one in context.loader.of(each) if one.when == "import"}
    by_owner: dict[str, list[Library]] = {}
    for each in asking:
        owner = context.loader.shelf.owner(each)
        by_owner.setdefault(owner.name if owner else each.path, []).append(each)
    needers = required_by(context.environment)
    for name, libraries in by_owner.items():
        needed = tuple(one.name for one in frameworks_behind(name, needers)) or (name,)
        yield RULE.found(
            name,
            say("{name} asks for an executable stack, which glibc {version} refuses to a library that is loaded later", name=libraries[0].name, version=glibc),
            [Evidence(path=each.path, text="GNU_STACK RWE") for each in libraries],
            (Fix(says=say("plan {frameworks} again: newer releases no longer ask for it", frameworks=", ".join(needed)), edit=Edit(require=needed)),)
            if context.environment.distribution(name)
            else (),
            severity="error" if any(each.path in loaded for each in libraries) else "warning",
        )


RULE = Rule(
    cause="glibc-execstack-blocked",
    severity="error",
    check=_check,
    sources=("https://sourceware.org/glibc/manual/latest/html_node/Dynamic-Linking-Tunables.html",),
)
