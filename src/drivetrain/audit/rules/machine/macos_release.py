"""macOS older than what a wheel or one of its libraries was built for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.catalogue.relations.wheel_fit import needed_release
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_SYSTEM = re.compile(r"macOS (\d+(?:\.\d+)*)")


def _check(context: Context) -> Iterator[Outcome]:
    release = context.machine.os.release
    if context.environment.platform != "macos" or not context.runs_here:
        yield RULE.clear("macOS", say("not an environment of this Mac"))
    elif release is None:
        yield RULE.unknown("macOS", say("the version of macOS is not known"))
    else:
        found = [outcome for one in context.environment.installed if (outcome := _judged(context, one, release)) is not None]
        yield from found or [RULE.clear("macOS", say("macOS {release} is what everything here needs, or newer", release=release))]


def _judged(context: Context, one: Installed, release: str) -> Outcome | None:
    needs = [need for tag in one.tags if "macosx" in tag and (need := needed_release(tag.rpartition("-")[2])) is not None]
    need = min(needs, key=dotted, default=None)
    if need is None or len(needs) != len(one.tags) or at_least(release, need):
        return None
    libraries = [
        (each, found[1])
        for each in context.environment.libraries
        for version in each.linkage.needs_versions
        if (found := _SYSTEM.fullmatch(version)) and each.path.startswith(f"{one.name.replace('-', '_')}/")
    ]
    if libraries and all(at_least(release, version) for _, version in libraries):
        return None
    says = say("{name} {version} needs macOS {need}, this is {release}", name=one.name, version=one.version, need=need, release=release)
    evidence = [Evidence(path=f"{one.path}/WHEEL", text=f"Tag: {tag}") for tag in one.tags] + [
        Evidence(path=each.path, text=f"macOS {version}") for each, version in libraries
    ]
    fixes = (
        Fix(says=say("plan {name} again: a release for this system", name=one.name), edit=Edit(require=(one.name,))),
        Fix(says=say("update macOS to {need} or newer", need=need), safety="shown"),
    )
    return RULE.found(one.name, says, evidence, fixes)


RULE = Rule(
    cause="macos-version-too-old",
    severity="error",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/#macos",),
)
