"""A GPU for which a library that must be loaded holds no code: frameworks, cuDNN, cuBLAS, NCCL, each judged by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.builds import build_of
from drivetrain.audit.families import families_in, frameworks_behind, required_by
from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.target import target_of
from drivetrain.catalogue.families import is_runtime
from drivetrain.catalogue.relations.device_code import code_runs_on, needs_jit
from drivetrain.catalogue.relations.driver import is_full
from drivetrain.model.build import Build, Target
from drivetrain.model.documents import FrozenMap
from drivetrain.model.dotted import minor
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit, Reason
from drivetrain.words import say

_LIBRARIES = re.compile(r"nvidia-(cudnn|cublas|nccl).*|jax-cuda\d+-pjrt")


def _check(context: Context) -> Iterator[Outcome]:
    judged = list(_judged(context))
    if not context.gpus or not judged or not context.runs_here or context.accelerator in ("cpu", "mps"):
        yield RULE.clear("GPU", say("the machine has no NVIDIA GPU") if not context.gpus else say("nothing here is meant to compute on this GPU"))
        return
    target = target_of(context.machine, context.environment, context.gpus)
    for gpu in context.gpus:
        if gpu.compute_capability is None:
            yield RULE.unknown(gpu.name, say("the compute capability of {gpu} is not known", gpu=gpu.name))
    for one in judged:
        yield from _outcomes(context, target, one)


def _judged(context: Context) -> Iterator[Installed]:
    """Gives what must hold code: CUDA builds of frameworks, and the libraries that they load."""
    families = families_in(context.environment)
    plugged = any(one.name.endswith("-pjrt") for one in context.environment.installed)
    for one in context.environment.installed:
        facts = context.facts({"jax": "jaxlib"}.get(one.name, one.name))
        framework = context.catalogue.framework(one.name)
        if one.name == "jax" and plugged:
            continue  # Its CUDA code lies in the plugin.
        names = (framework.distribution, *framework.names) if framework is not None else ()
        # A TensorFlow wheel holds CUDA code also where no CUDA library is there to run it with.
        if _LIBRARIES.fullmatch(one.name) or (one.name in names and facts and facts.is_cuda_build and families):
            yield one


def _outcomes(context: Context, target: Target, one: Installed) -> Iterator[Outcome]:
    build = build_of(context, one)
    about = f"{one.name} {one.version}"
    if build is None or build.code is None:
        yield RULE.unknown(one.name, say("for which GPUs {about} holds code is not known", about=about))
        return
    jit = is_full(target, build.cuda or _runtime(context) or "0")
    reasons = [(gpu, capability, _reason(build, capability, jit, about, gpu, target.ceiling)) for capability, gpu in target.gpu_names]
    for gpu, capability, reason in reasons:
        if reason is not None:
            yield _found(context, one, build, capability, gpu, reason)
        elif needs_jit(build.code, capability):
            yield _slow_start(one, build, gpu)
    if target.gpu_names and all(reason is None for _, _, reason in reasons):
        yield RULE.clear(one.name, say("{about} holds code for {gpus}", about=about, gpus=", ".join(gpu for _, gpu in target.gpu_names)))


def _reason(build: Build, capability: str, jit: bool, about: str, gpu: str, ceiling: str | None) -> Reason | None:
    return code_runs_on(build.code or (), capability, jit=jit, about=about, gpu=gpu, ceiling=ceiling)


def _runtime(context: Context) -> str | None:
    return next((minor(one.version) for one in context.environment.installed if is_runtime(one.name)), None)


def _found(context: Context, one: Installed, build: Build, capability: str, gpu: str, reason: Reason) -> Outcome:
    frameworks = tuple(each.name for each in frameworks_behind(one.name, required_by(context.environment))) or (one.name,)
    return RULE.found(
        one.name,
        reason.says,
        (Evidence(text=say("{gpu}: compute capability {capability}", gpu=gpu, capability=capability)), *_targets(one, build)),
        (Fix(says=say("plan {frameworks} again: a stack with code for {gpu}", frameworks=", ".join(frameworks), gpu=gpu), edit=Edit(require=frameworks)),),
        cause=reason.cause,
        sources=reason.sources or RULE.sources,
    )


def _targets(one: Installed, build: Build) -> Iterator[Evidence]:
    for library in build.code or ():
        targets = " ".join(target for target, _ in (*library.sass, *library.ptx))
        yield Evidence(path=one.path, text=say("{library} holds code for: {targets}", library=library.library, targets=targets or "-"))


def _slow_start(one: Installed, build: Build, gpu: str) -> Outcome:
    return RULE.found(
        one.name,
        say("{name} {version} compiles its code for {gpu} on first start: minutes, once", name=one.name, version=one.version, gpu=gpu),
        _targets(one, build),
        (
            Fix(
                says=say("nothing to repair; give the cache room so that it stays once"),
                edit=Edit(variables=FrozenMap({"CUDA_CACHE_MAXSIZE": "4294967296"})),
                safety="shown",
            ),
        ),
        cause="ptx-jit-first-start",
        severity="note",
    )


RULE = Rule(
    cause="compute-capability-not-in-build",
    severity="error",
    check=_check,
    sources=("https://docs.nvidia.com/cuda/cuda-compiler-driver-nvcc/index.html#gpu-compilation",),
)
