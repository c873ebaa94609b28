"""Packages for another processor than the machine's, or for 32 bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.formats.wheel_tags import arch_of
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_SAME = {"arm64": "aarch64", "amd64": "x86_64", "i386": "x86", "i686": "x86"}


def _check(context: Context) -> Iterator[Outcome]:
    compiled, python = _compiled(context.environment.installed), context.environment.interpreter
    if python is not None and _same(python.arch) == "x86":
        yield _thirty_two_bits([Evidence(path=python.executable, text=python.arch)])
        return
    if not compiled:
        yield RULE.clear(WHOLE, say("nothing here is compiled for one processor"))
        return
    arch, examples = compiled
    if arch == "x86":
        yield _thirty_two_bits(_evidence(examples))
    elif not context.runs_here:
        yield RULE.clear(WHOLE, say("the environment is of another operating system than the machine"))
    elif (mine := _same(context.machine.arch)) == arch:
        yield RULE.clear(WHOLE, say("everything here is compiled for {arch}", arch=arch))
    elif mine not in ("x86_64", "aarch64"):
        yield RULE.unknown(WHOLE, say("the machine's processor is not known"))
    else:
        yield _other(context, arch, examples)


def _compiled(installed: tuple[Installed, ...]) -> tuple[str, list[Installed]] | None:
    """Gives the processor that most wheels are for, and those; wheels for several count for none."""
    kinds: dict[str, set[str]] = {one.name: {_same(arch) for tag in one.tags if (arch := arch_of(tag)) is not None} for one in installed}
    counted = Counter(next(iter(kind)) for kind in kinds.values() if len(kind) == 1)
    if not counted:
        return None
    most = counted.most_common(1)[0][0]
    return most, [one for one in installed if kinds[one.name] == {most}]


def _same(arch: str) -> str:
    return _SAME.get(arch, arch)


def _evidence(examples: list[Installed]) -> list[Evidence]:
    return [Evidence(path=f"{one.path}/WHEEL", text=f"Tag: {one.tags[0]}") for one in examples if one.tags]


def _thirty_two_bits(evidence: list[Evidence]) -> Outcome:
    says = say("this Python has 32 bits; TensorFlow, PyTorch and JAX have wheels for 64 bits only")
    fix = Fix(says=say("install a 64-bit Python and make the environment anew with it"), safety="shown")
    return RULE.found(WHOLE, says, evidence, (fix,), cause="python-32bit", severity="warning")


def _other(context: Context, arch: str, examples: list[Installed]) -> Outcome:
    machine = context.machine
    if machine.os.family == "macos":
        says = say("this environment is for Intel Macs and runs translated on this Mac; TensorFlow and JAX need instructions that the translation may lack")
        fix = Fix(says=say("make it anew with a Python for arm64"), commands=("arch -arm64 python3 -m venv .venv",), safety="shown")
        needy = any(context.environment.distribution(name) for name in ("tensorflow", "jaxlib"))
        return RULE.found(WHOLE, says, _evidence(examples), (fix,), severity="error" if needy else "warning")
    if machine.os.family == "windows":
        says = say("this environment is for {arch}, the machine is {mine}: Windows translates it, slowly and without the GPU", arch=arch, mine=machine.arch)
        return RULE.found(WHOLE, says, _evidence(examples), (), severity="note")
    says = say("this environment is for {arch}, the machine is {mine}: none of its libraries can be loaded", arch=arch, mine=machine.arch)
    fix = Fix(says=say("make it on this machine; a copied environment or an image of the other platform does not run here"), safety="shown")
    return RULE.found(WHOLE, says, _evidence(examples), (fix,))


RULE = Rule(
    cause="wrong-cpu-architecture-python",
    severity="error",
    check=_check,
    sources=(
        "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",
        "https://developer.apple.com/documentation/apple-silicon/about-the-rosetta-translation-environment",
    ),
)
