"""Frameworks that pip put into the system's own Python, where the system's package manager installs as well."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import join

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_OTHERS = ("pip", "uv")


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if environment.kind != "system":
        yield RULE.clear(WHOLE, say("this is no system's own Python"))
        return
    versions: dict[str, list[Installed]] = {}
    for one in environment.installed:
        versions.setdefault(one.name, []).append(one)
    doubled = [several for several in versions.values() if len({one.version for one in several}) > 1 and any(one.installer in _OTHERS for one in several)]
    frameworks = [one for one in environment.installed if one.installer in _OTHERS and context.catalogue.framework(one.name) is not None]
    for several in doubled:
        yield _doubled(several)
    if frameworks and context.machine.os.container is None and environment.prefix == "/usr":
        yield _frameworks(frameworks)
    elif not doubled:
        untold = [one for one in environment.installed if not one.installer]
        if frameworks or len(untold) < len(environment.installed) or not untold:
            yield RULE.clear(WHOLE, say("pip has put nothing over the system's own packages"))
        else:
            yield RULE.unknown(WHOLE, say("who installed the packages of this Python is not recorded"))


def _doubled(several: list[Installed]) -> Outcome:
    first = several[0]
    listed = ", ".join(f"{one.version} ({one.installer or say('the system')})" for one in several)
    return RULE.found(
        first.name,
        say("{name} is here by pip and by the system: {listed}; which one is imported hangs on the order of the folders", name=first.name, listed=listed),
        [Evidence(path=one.path, text=f"{one.name} {one.version}") for one in several],
        (Fix(says=say("use a virtual environment, and remove the copy of pip"), safety="shown",
             commands=(join(("python3", "-m", "pip", "uninstall", first.name)),)),),
        severity="warning",
    )  # fmt: skip


def _frameworks(frameworks: list[Installed]) -> Outcome:
    names = ", ".join(f"{one.name} {one.version}" for one in frameworks)
    return RULE.found(
        WHOLE,
        say("{names} was installed by pip into the system's own Python: an update of the system can change what lies under it", names=names),
        [Evidence(path=one.path, text=f"INSTALLER: {one.installer}") for one in frameworks],
        (Fix(says=say("use a virtual environment: drivetrain up {name}", name=frameworks[0].name), safety="shown"),),
    )


RULE = Rule(
    cause="pip-over-system-packages",
    severity="note",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/externally-managed-environments/",),
)
