"""Frameworks or NVIDIA wheels of several CUDA major versions in one environment."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.families import families_in, frameworks_behind, required_by
from drivetrain.audit.rule import Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    families = families_in(context.environment)
    if len(families) < 2:
        says = say("everything is of CUDA {family}", family=next(iter(families))) if families else say("nothing here belongs to a CUDA family")
        yield RULE.clear("CUDA", says)
        return
    needers = required_by(context.environment)
    majors = sorted(families)
    tops = {family: _tops(families[family], needers) for family in majors}
    yield RULE.found(
        ", ".join(f"CUDA {family}" for family in majors),
        say("{count} CUDA families share this environment: {families}", count=len(majors), families=_told(tops)),
        [Evidence(text=f"{one.name} {one.version}: CUDA {family}", path=one.path) for family in majors for one in families[family]],
        _fixes(families, tops),
    )


def _tops(members: list[Installed], needers: dict[str, list[Installed]]) -> dict[str, Installed]:
    return {one.name: one for member in members for one in (frameworks_behind(member.name, needers) or [member])}


def _told(tops: dict[int, dict[str, Installed]]) -> str:
    return say("; ").join(
        say("CUDA {family}: {names}", family=family, names=say(", ").join(f"{one.name} {one.version}" for one in several.values()))
        for family, several in tops.items()
    )


def _fixes(families: dict[int, list[Installed]], tops: dict[int, dict[str, Installed]]) -> Iterator[Fix]:
    orphans = {family: [one.name for one in members if one.name in tops[family]] for family, members in families.items()}
    for family, members in families.items():
        # A family that no framework needs is what a removed framework left behind.
        if len(orphans[family]) == len(members) and all(one.name.startswith(("nvidia-", "cuda-")) for one in members):
            yield Fix(
                says=say("remove the CUDA {family} wheels: nothing that is installed needs them", family=family),
                edit=Edit(drop=tuple(one.name for one in members)),
            )
            return
    frameworks = tuple(dict.fromkeys(name for several in tops.values() for name in several))
    yield Fix(says=say("plan {frameworks} again as one stack on one CUDA family", frameworks=", ".join(frameworks)), edit=Edit(require=frameworks))


RULE = Rule(
    cause="cuda-wheel-majors-mixed",
    severity="warning",
    check=_check,
    sources=("https://docs.nvidia.com/deploy/cuda-compatibility/",),
)
