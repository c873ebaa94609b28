"""The compatibility libraries of a newer CUDA on the loader's path, on a GPU that they do not serve."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import listed, not_told, without
from drivetrain.model.machine import NamedFolder
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_NAME = "LD_LIBRARY_PATH"
_FOLDER = re.compile(r"(^|/)cuda[^/]*/compat(/lib(\.real)?)?/?$")
"""Where the cuda-compat packages and NVIDIA's container images put them."""
_CONSUMER = re.compile(r"geforce|titan|\bgtx\b|\bmx\d{3}\b", re.IGNORECASE)


def _check(context: Context) -> Iterator[Outcome]:
    noted = next((each.says for each in context.machine.notes if each.cause == RULE.cause), None)
    if noted is not None:
        folders = [each for each in context.named(_NAME) if _FOLDER.search(each.path)]
        yield RULE.found(_about(context), noted, [Evidence(path=each.path, text=_NAME) for each in folders], _fixes(context, folders))
        return
    if context.variables is None:
        yield not_told(RULE, context, _NAME)
        return
    entries = [each for each in listed(context, _NAME) if _FOLDER.search(each)]
    if not entries or not context.machine.nvidia_gpus:
        yield RULE.clear(_NAME, say("no compatibility library is on the loader's path") if not entries else say("the machine has no NVIDIA GPU"))
        return
    for entry in entries:
        yield _judged(context, entry)


def _judged(context: Context, entry: str) -> Outcome:
    folder = next((each for each in context.named(_NAME) if each.path == entry), None)
    if folder is None:
        return RULE.unknown(_NAME, say("what lies in {path} is not known", path=entry))
    if not any(name.startswith("libcuda.so") for name in folder.holds):
        return RULE.clear(_NAME, say("{path} holds no libcuda", path=entry))
    consumer = [gpu.name for gpu in context.machine.nvidia_gpus if _CONSUMER.search(gpu.name)]
    if not consumer:
        return RULE.unknown(_NAME, say("whether {gpu} takes compatibility libraries is not known", gpu=context.machine.nvidia_gpus[0].name))
    says = say(
        "{path} puts the libcuda of another driver first, and {gpu} accepts only its own driver's: CUDA does not start (error 804)", path=entry, gpu=consumer[0]
    )
    return RULE.found(_about(context), says, (Evidence(path=entry, text=", ".join(folder.holds)), Evidence(text=consumer[0])), _fixes(context, [folder]))


def _about(context: Context) -> str:
    return context.machine.nvidia_gpus[0].name if context.machine.nvidia_gpus else _NAME


def _fixes(context: Context, folders: list[NamedFolder]) -> tuple[Fix, ...]:
    update = Fix(says=say("update the driver of the host, which makes them unnecessary"), safety="shown")
    return (without(context, _NAME, *folders), update) if folders else (update,)


RULE = Rule(
    cause="forward-compat-on-unsupported-gpu",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html",),
)
