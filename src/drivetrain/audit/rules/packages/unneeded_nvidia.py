"""NVIDIA's wheels that nothing needs any more: what a framework brought stays when it is removed, gigabytes at times."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import join

from drivetrain.audit.families import families_in, required_by
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_MARKING = ("pip", "uv")
_MEGA = 1_000_000


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    wheels = [one for one in environment.installed if one.name.startswith("nvidia-") and one.installer in _MARKING and not one.requested]
    needers = required_by(environment) if wheels else {}
    left = [one for one in wheels if not needers.get(one.name)]
    if not left:
        yield RULE.clear(WHOLE, say("each of NVIDIA's wheels is required by something, or was asked for"))
    elif environment.requirements or len(families_in(environment)) > 1:
        yield RULE.clear(WHOLE, say("which wheels belong here is another rule's question"))
    elif unmarked := [one for one in environment.installed if not one.requested and not needers.get(one.name) and not one.name.startswith("nvidia-")]:
        # An installer that marks nothing (a lock, a copied environment) leaves everything without a mark.
        yield RULE.unknown(WHOLE, say("what its owner asked for is not marked: {name} has no mark either, and nothing needs it", name=unmarked[0].name))
    else:
        yield _found(left)


def _found(left: list[Installed]) -> Outcome:
    sizes = {one.name: sum(each.size_bytes or 0 for each in one.files) for one in left}
    names = tuple(one.name for one in left)
    return RULE.found(
        ", ".join(names[:3]),
        say("{count} of NVIDIA's wheels are needed by nothing here and take {megabytes} MB: {names}", count=len(left),
            megabytes=round(sum(sizes.values()) / _MEGA), names=", ".join(names)),
        [Evidence(path=one.path, text=f"{one.name} {one.version}: {round(sizes[one.name] / _MEGA)} MB") for one in left],
        (Fix(says=say("remove them"), edit=Edit(drop=names), commands=(join(("python", "-m", "pip", "uninstall", "-y", *names)),), safety="shown"),),
    )  # fmt: skip


RULE = Rule(
    cause="nvidia-wheels-unneeded",
    severity="note",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-requested-file",),
)
