"""What a container was given of the GPU: variables of NVIDIA's container toolkit that leave CUDA out."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import not_told, shown
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_CAPABILITIES = "NVIDIA_DRIVER_CAPABILITIES"
_DEVICES = "NVIDIA_VISIBLE_DEVICES"


def _check(context: Context) -> Iterator[Outcome]:
    variables, machine = context.variables, context.machine
    if machine.os.container is None or not machine.nvidia_gpus or context.meant_for_cpu:
        yield RULE.clear(_CAPABILITIES, say("this is no container with a GPU"))
    elif variables is None:
        yield not_told(RULE, context, _CAPABILITIES)
    elif machine.driver is None and variables.get(_DEVICES) in ("", "void", "none"):
        yield _hidden(shown(_DEVICES, context))
    elif (given := variables.get(_CAPABILITIES)) is None or not given.strip():
        yield RULE.clear(_CAPABILITIES, say("{name} is not set: compute and utility are given", name=_CAPABILITIES))
    elif {"compute", "all"} & {each.strip() for each in given.split(",")}:
        yield RULE.clear(_CAPABILITIES, say("{name} includes compute", name=_CAPABILITIES))
    elif (held := _holds_libcuda(context)) is None:
        yield RULE.unknown(_CAPABILITIES, say("whether libcuda is in this container is not known"), evidence=[shown(_CAPABILITIES, context)])
    elif held:
        yield RULE.clear(_CAPABILITIES, say("libcuda is in this container all the same"))
    else:
        yield _without_compute(given, shown(_CAPABILITIES, context))


def _holds_libcuda(context: Context) -> bool | None:
    """Tells whether the loader finds libcuda; not every way of handing a GPU in heeds the variable."""
    driver, system = context.machine.driver, context.environment.system
    if driver is not None and driver.source == "libcuda":
        return True
    if system is None:
        return None
    return "libcuda.so.1" in system.cached or any("libcuda.so.1" in folder.names for folder in system.folders)


def _without_compute(given: str, evidence: Evidence) -> Outcome:
    says = say("this container was started with {name}={value}, without compute: libcuda is not in it, so CUDA does not start", name=_CAPABILITIES, value=given)
    fix = Fix(
        says=say("start the container again with compute among its capabilities"),
        commands=(f"docker run --gpus all -e {_CAPABILITIES}=compute,utility ...",),
        safety="shown",
    )
    return RULE.found(_CAPABILITIES, says, (evidence,), (fix,))


def _hidden(evidence: Evidence) -> Outcome:
    says = say("this container was started without the GPU ({variable}), so everything in it computes on the CPU", variable=evidence.text)
    fix = Fix(says=say("start the container again with the GPU"), commands=("docker run --gpus all ...",), safety="shown")
    return RULE.found(_DEVICES, says, (evidence,), (fix,), cause="container-without-gpu", severity="warning")


RULE = Rule(
    cause="driver-capabilities-without-compute",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html",),
)
