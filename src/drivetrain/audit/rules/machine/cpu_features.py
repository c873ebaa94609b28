"""Instructions that a build was compiled with and this processor does not have."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule, older
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tf-nightly")
_AVX_SINCE = "1.6"
"""Source: https://github.com/tensorflow/tensorflow/releases/tag/v1.6.0."""
_AVX2 = "2.4.0"
"""Its Linux wheels were compiled with AVX2 and FMA by mistake; source: https://github.com/tensorflow/tensorflow/issues/45866."""


_OPENBLAS = "1.19.5"
"""Its OpenBLAS mistakes some ARM cores; source: https://github.com/numpy/numpy/issues/18131."""


def _check(context: Context) -> Iterator[Outcome]:
    numpy = context.environment.distribution("numpy")
    if numpy is not None and numpy.version == _OPENBLAS and context.runs_here and context.machine.arch == "aarch64":
        yield _openblas(numpy)
        return
    features, machine = context.machine.cpu.features, context.machine
    judged = [one for name in (*_TENSORFLOW, "jaxlib") if (one := context.environment.distribution(name)) is not None]
    if not judged or not context.runs_here or machine.arch != "x86_64" or machine.os.family == "macos":
        yield RULE.clear("CPU", say("nothing here is known to need instructions that a processor may lack"))
        return
    if not features:
        yield RULE.unknown("CPU", say("what this processor can do is not known"))
        return
    found = [outcome for one in judged if (outcome := _judged(context, one)) is not None]
    yield from found or [RULE.clear("CPU", say("this processor has the instructions that {names} need", names=", ".join(one.name for one in judged)))]


def _judged(context: Context, one: Installed) -> Outcome | None:
    features = context.machine.cpu.features
    if one.installer == "conda":
        return None  # conda-forge compiles for every x86-64 processor.
    if one.name != "jaxlib" and older(one.version, _AVX_SINCE) is not False:
        return None
    if "avx" not in features:
        says = say("{name} {version} is compiled with AVX, which this processor lacks: Illegal instruction on import", name=one.name, version=one.version)
        return RULE.found(one.name, says, _evidence(context, one), _fixes())
    if one.name in ("tensorflow", "tensorflow-gpu", "tensorflow-cpu") and one.version == _AVX2 and not {"avx2", "fma"} <= set(features):
        says = say(
            "{name} {version} is compiled with AVX2 and FMA, which this processor lacks: Illegal instruction on import", name=one.name, version=one.version
        )
        return RULE.found(one.name, says, _evidence(context, one), _fixes(), cause="binary-needs-newer-cpu-instructions")
    return None


def _openblas(numpy: Installed) -> Outcome:
    says = say("numpy {version} crashes on import on some ARM cores (Cortex-A57, Jetson): its OpenBLAS takes them for others", version=numpy.version)
    fixes = (
        Fix(says=say("take the version before or one after it"), edit=Edit(require=("numpy!=1.19.5",))),
        Fix(says=say("or tell OpenBLAS the core"), edit=Edit(variables=FrozenMap({"OPENBLAS_CORETYPE": "ARMV8"})), safety="shown"),
    )
    evidence = (Evidence(path=numpy.path, text=f"numpy {numpy.version}"),)
    sources = ("https://github.com/numpy/numpy/issues/18131",)
    return RULE.found("numpy", says, evidence, fixes, cause="openblas-cpu-detection-on-arm", severity="warning", sources=sources)


def _evidence(context: Context, one: Installed) -> tuple[Evidence, ...]:
    cpu = context.machine.cpu
    return (Evidence(path=one.path, text=f"{one.name} {one.version}"), Evidence(text=f"{cpu.model}: {' '.join(cpu.features)}".lstrip(": ")))


def _fixes() -> tuple[Fix, ...]:
    return (
        Fix(says=say("in a virtual machine, pass the host's processor on (QEMU: -cpu host)"), safety="shown"),
        Fix(says=say("take conda-forge's build, which is compiled for every x86-64 processor"), safety="shown"),
    )


RULE = Rule(
    cause="cpu-without-avx",
    severity="error",
    check=_check,
    sources=("https://www.tensorflow.org/install/pip#hardware-requirements", "https://github.com/tensorflow/tensorflow/releases/tag/v1.6.0"),
)
