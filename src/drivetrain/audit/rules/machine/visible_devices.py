"""CUDA_VISIBLE_DEVICES that names no GPU of this machine, or one that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import not_told, set_to, shown, unset
from drivetrain.model.machine import Gpu
from drivetrain.model.outcome import Evidence, Outcome
from drivetrain.words import say

_NAME = "CUDA_VISIBLE_DEVICES"


class Sight(Struct, frozen=True):
    """What programs see with a value of the variable."""

    gpus: tuple[Gpu, ...]
    stopped_at: str | None = None
    """The entry that names nothing: CUDA heeds no entry from there on."""
    told: bool = True


def _check(context: Context) -> Iterator[Outcome]:
    variables, driver = context.variables, context.machine.driver
    # Of a container's GPUs those of the PCI bus that it was not given count for nothing.
    gpus = tuple(gpu for gpu in context.machine.nvidia_gpus if gpu.driver_bound is not False)
    if variables is None:
        yield not_told(RULE, context, _NAME)
    elif _NAME not in variables:
        yield RULE.clear(_NAME, say("{name} is not set", name=_NAME))
    elif not gpus or context.meant_for_cpu:
        yield RULE.clear(_NAME, say("nothing here is meant to compute on a GPU"))
    elif driver is not None and driver.source == "libcuda":
        # Asked for its GPUs, libcuda leaves out what the variable hides: how many there are besides is not known.
        yield RULE.clear(_NAME, say("{name} shows {count} GPUs", name=_NAME, count=len(gpus)))
    else:
        yield _judged(variables[_NAME], gpus, shown(_NAME, context))


def _judged(value: str, gpus: tuple[Gpu, ...], evidence: Evidence) -> Outcome:
    sight = seen(value, gpus)
    listing = [Evidence(text=f"{index}: {gpu.name}" + (f" ({gpu.uuid})" if gpu.uuid else "")) for index, gpu in enumerate(gpus)]
    if not sight.told:
        return RULE.unknown(_NAME, say("whether {name}={value} names a GPU of this machine is not known", name=_NAME, value=value), evidence=[evidence])
    if sight.gpus and sight.stopped_at is None:
        return RULE.clear(_NAME, say("{name} shows {count} of {all} GPUs", name=_NAME, count=len(sight.gpus), all=len(gpus)))
    if sight.gpus:
        kept = ",".join(value.split(",")[: len(sight.gpus)])
        says = say(
            "{name}={value} shows {count} of {all} GPUs: no GPU is called {entry}, and nothing after it counts",
            name=_NAME, value=value, count=len(sight.gpus), all=len(gpus), entry=sight.stopped_at,
        )  # fmt: skip
        return RULE.found(_NAME, says, (evidence, *listing), (set_to(_NAME, kept), unset(_NAME)), severity="warning")
    # What hides on purpose is spelled this way; what names a GPU that is not there is a mistake.
    meant = value.strip() in ("", "-1")
    says = (
        say("{name} is {value}: programs see none of the {all} GPUs", name=_NAME, value=value.strip() or say("empty"), all=len(gpus))
        if meant
        else say("{name}={value} names no GPU of this machine, so programs see none of {all}", name=_NAME, value=value, all=len(gpus))
    )
    return RULE.found(_NAME, says, (evidence, *listing), (unset(_NAME), set_to(_NAME, "0")), severity="warning" if meant else "error")


def seen(value: str, gpus: tuple[Gpu, ...]) -> Sight:
    """Gives what CUDA shows: the entries before the first that names nothing."""
    found: list[Gpu] = []
    for entry in (each.strip() for each in value.split(",")):
        if entry.startswith("MIG-"):
            return Sight(tuple(found), told=False)
        named = _named(entry, gpus)
        if named is None and entry.startswith("GPU-") and any(gpu.uuid is None for gpu in gpus):
            return Sight(tuple(found), told=False)
        if named is None:
            return Sight(tuple(found), stopped_at=entry)
        if named in found:
            return Sight(tuple(found), told=False)
        found.append(named)
    return Sight(tuple(found))


def _named(entry: str, gpus: tuple[Gpu, ...]) -> Gpu | None:
    if entry.isdecimal():
        return next((gpu for index, gpu in enumerate(gpus) if str(index) == (entry.lstrip("0") or "0")), None)
    fitting = [gpu for gpu in gpus if entry.startswith("GPU-") and len(entry) > len("GPU-") and gpu.uuid and gpu.uuid.startswith(entry)]
    return fitting[0] if len(fitting) == 1 else None


RULE = Rule(
    cause="cuda-visible-devices-hides-gpu",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html",),
)
