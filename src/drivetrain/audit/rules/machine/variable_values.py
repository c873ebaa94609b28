"""Variables of the frameworks with values that they refuse, ignore or read as something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from msgspec import Struct

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import is_on, not_told, set_to, shown, unset
from drivetrain.model.outcome import Fix, Outcome, Severity
from drivetrain.words import say

_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tf-nightly", "tensorflow-gpu")
_ALLOCATORS = ("default", "platform", "bfc", "cuda_async", "vmm", "address")
"""What JAX accepts; source: jaxlib/xla_client.py of 0.12.0, generate_pjrt_gpu_plugin_options."""
_TORCH_KEYS = (
    *("max_split_size_mb", "max_non_split_rounding_mb", "roundup_power2_divisions", "roundup_bypass_threshold_mb", "garbage_collection_threshold"),
    *("backend", "expandable_segments", "release_lock_on_cudamalloc", "pinned_use_cuda_host_register", "pinned_use_hip_host_register"),
    *("pinned_num_register_threads", "pinned_use_background_threads", "pinned_reserve_segment_size_mb", "graph_capture_record_stream_reuse"),
    *("per_process_memory_fraction", "use_cuda_host_register", "throw_on_cudamalloc_oom"),
)
"""Source: https://docs.pytorch.org/docs/stable/notes/cuda.html#memory-management."""
_TORCH_SWITCHES = tuple(each for each in _TORCH_KEYS if each.startswith(("expandable", "release", "pinned_use", "graph", "use_")))


class Fault(Struct, frozen=True):
    """What is wrong with a value."""

    says: str
    severity: Severity
    better: str | None = None
    told: bool = True


def _check(context: Context) -> Iterator[Outcome]:
    variables = context.variables
    if variables is None:
        yield not_told(RULE, context, "XLA_PYTHON_CLIENT_MEM_FRACTION")
        return
    judged = [(name, read(variables[name], variables)) for name, (owners, read) in _READ.items() if variables.get(name) and context.first(*owners)]
    for name, fault in judged:
        if fault is None:
            continue
        if not fault.told:
            yield RULE.unknown(name, fault.says, evidence=[shown(name, context)])
            continue
        yield RULE.found(name, fault.says, (shown(name, context),), _fixes(name, fault), severity=fault.severity)
    if not any(fault for _, fault in judged):
        yield RULE.clear("XLA_PYTHON_CLIENT_MEM_FRACTION", say("{count} variables of the frameworks have values that are understood", count=len(judged)))


def _fixes(name: str, fault: Fault) -> tuple[Fix, ...]:
    return (set_to(name, fault.better, safety="safe"), unset(name)) if fault.better else (unset(name, safety="safe"),)


def _fraction(value: str, variables: Mapping[str, str]) -> Fault | None:
    try:
        share = float(value)
    except ValueError:
        better = f".{value.strip('% ')}" if re.fullmatch(r"\d\d\s*%", value.strip()) else None
        return Fault(say("{value} is no number, and JAX stops when it reads it", value=value), "error", better)
    if share <= 0:
        return Fault(say("{value} leaves JAX no memory of the GPU", value=value), "warning", ".75")
    if share > 1 and not is_on(variables.get("TF_FORCE_UNIFIED_MEMORY")):
        better = f".{value}" if re.fullmatch(r"\d\d", value) else None
        return Fault(say("{value} is a share of the GPU's memory: above 1 JAX asks for more than there is", value=value), "warning", better)
    return None


def _preallocate(value: str, _: Mapping[str, str]) -> Fault | None:
    if value.lower() in ("no", "off", "n", "f", "none", "never") or (value.lower() == "false" and value not in ("false", "False")):
        return Fault(say("JAX takes {value} for true: only false, False and 0 turn it off", value=value), "warning", "false")
    return None


def _allocator(value: str, _: Mapping[str, str]) -> Fault | None:
    if value.lower() in _ALLOCATORS:
        return None
    near = get_close_matches(value.lower(), _ALLOCATORS, n=1)
    return Fault(say("JAX has no allocator called {value} and stops: {names}", value=value, names=", ".join(_ALLOCATORS)), "error", near[0] if near else None)


def _growth(value: str, _: Mapping[str, str]) -> Fault | None:
    if value in ("true", "false"):
        return None
    better = {"1": "true", "0": "false", "yes": "true", "no": "false", "on": "true", "off": "false"}.get(value.lower(), value.lower())
    says = say("TensorFlow does not understand {value} and ignores it: only true and false, in small letters", value=value)
    return Fault(says, "warning", better if better in ("true", "false") else None)


def _torch_allocator(value: str, _: Mapping[str, str]) -> Fault | None:
    for entry in (each.strip() for each in re.sub(r"\[[^\]]*\]", "", value).split(",")):
        key, colon, given = (each.strip() for each in entry.partition(":"))
        if key not in _TORCH_KEYS:
            near = get_close_matches(key.lower().replace("-", "_"), _TORCH_KEYS, n=1, cutoff=0.75)
            if near:
                says = say("torch knows no option {key} and stops: it is called {near}", key=key, near=near[0])
                return Fault(says, "error", value.replace(key, near[0], 1))
            return Fault(say("whether torch has an option {key} is not known", key=key), "warning", told=False)
        if not colon:
            return Fault(say("the option {key} lacks its value (key:value), and torch stops", key=key), "error")
        if key in _TORCH_SWITCHES and given not in ("True", "False"):
            better = given.capitalize() if given.lower() in ("true", "false") else {"1": "True", "0": "False"}.get(given)
            says = say("{key} wants True or False, spelled so, and torch stops at {value}", key=key, value=given or '""')
            return Fault(says, "error", value.replace(entry, f"{key}:{better}", 1) if better else None)
    return None


_READ: dict[str, tuple[tuple[str, ...], Callable[[str, Mapping[str, str]], Fault | None]]] = {
    "XLA_PYTHON_CLIENT_MEM_FRACTION": (("jax",), _fraction),
    "XLA_CLIENT_MEM_FRACTION": (("jax",), _fraction),
    "XLA_PYTHON_CLIENT_PREALLOCATE": (("jax",), _preallocate),
    "XLA_PYTHON_CLIENT_ALLOCATOR": (("jax",), _allocator),
    "TF_FORCE_GPU_ALLOW_GROWTH": (_TENSORFLOW, _growth),
    "PYTORCH_CUDA_ALLOC_CONF": (("torch",), _torch_allocator),
    "PYTORCH_ALLOC_CONF": (("torch",), _torch_allocator),
}

RULE = Rule(
    cause="variable-value-refused",
    severity="error",
    check=_check,
    sources=(
        "https://docs.jax.dev/en/latest/gpu_memory_allocation.html",
        "https://docs.pytorch.org/docs/stable/notes/cuda.html#memory-management",
        "https://www.tensorflow.org/guide/gpu#limiting_gpu_memory_growth",
    ),
)
