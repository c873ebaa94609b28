"""Wheels for another Python, system or processor than the environment's: their compiled modules cannot be imported."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.formats.wheel_tags import arch_of, os_of
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_PYTHON = re.compile(r"(py|cp)(\d)(\d*)")
_SAME = {"arm64": "aarch64", "amd64": "x86_64", "i386": "x86"}


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    wheels = [one for one in environment.installed if one.tags and not one.build and one.installer != "conda"]
    if not wheels:
        yield RULE.clear(WHOLE, say("no wheel is installed"))
        return
    if environment.python is None:
        yield RULE.unknown(WHOLE, say("the environment's Python version is not known, and wheels depend on it"))
        return
    found = [(one, why) for one in wheels if (why := _why_not(environment, one))]
    processors = [one for one, why in found if why == "processor"]
    if len(processors) * 2 > len([each for each in wheels if any(arch_of(tag) for tag in each.tags)]):
        # Where most are for another processor it is the environment's own question, which another rule asks.
        found = [(one, why) for one, why in found if why != "processor"]
    yield from (_found(environment, one, why) for one, why in found)
    if not found:
        yield RULE.clear(WHOLE, say("{count} wheels fit Python {python}", count=len(wheels), python=environment.python))


def _why_not(environment: Environment, one: Installed) -> str:
    """Gives what none of its tags fits; empty where one fits in all."""
    if not any(_fits_python(environment, tag) for tag in one.tags):
        return "python"
    if not any(os_of(tag) in (None, environment.platform) for tag in one.tags):
        return "system"
    mine = environment.interpreter.arch if environment.interpreter else ""
    if not mine or " " in mine:
        return ""
    return "" if any((arch := arch_of(tag)) is None or _SAME.get(arch, arch) == _SAME.get(mine, mine) for tag in one.tags) else "processor"


def _fits_python(environment: Environment, tag: str) -> bool:
    """As packaging.tags has it; a tag that is none of CPython's form is not judged."""
    parts = tag.split("-")
    match = _PYTHON.fullmatch(parts[0])
    if len(parts) != 3 or match is None:
        return True
    minor = int((environment.python or "3.0").split(".")[1])
    stated = int(match[3]) if match[3] else None
    if match[2] != "3" or stated is None:
        return match[2] == "3"
    if match[1] == "py" or parts[1] in ("none", "abi3"):
        return stated <= minor
    free = environment.interpreter.free_threaded if environment.interpreter else parts[1].endswith("t")
    return stated == minor and parts[1].endswith("t") == free


def _found(environment: Environment, one: Installed, why: str) -> Outcome:
    tag = one.tags[0]
    says = {
        "python": lambda: say("{name} {version} is a wheel for {tag}, this is Python {python}: its compiled modules cannot be imported",
                              name=one.name, version=one.version, tag=tag.rpartition("-")[0], python=environment.python),
        "system": lambda: say("{name} {version} is a wheel for {tag}, another operating system: its compiled modules cannot be imported",
                              name=one.name, version=one.version, tag=tag.rpartition("-")[2]),
        "processor": lambda: say("{name} {version} is a wheel for {tag}, another processor: its compiled modules cannot be imported",
                                 name=one.name, version=one.version, tag=tag.rpartition("-")[2]),
    }[why]()  # fmt: skip
    fix = Fix(says=say("install {name} {version} again, as the wheel for this Python", name=one.name, version=one.version),
              edit=Edit(require=(f"{one.name}=={one.version}",)))  # fmt: skip
    return RULE.found(one.name, says, (Evidence(path=f"{one.path}/WHEEL", text=f"Tag: {tag}"),), (fix,))


RULE = Rule(
    cause="wheel-tag-mismatch",
    severity="error",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",),
)
