"""A GPU for which a library that must be loaded holds no code: frameworks, cuDNN, cuBLAS, NCCL, each library judged by its own code."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.device_code import Held, cuda_of, held_by
from drivetrain.audit.families import families_in, frameworks_behind, required_by
from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.target import target_of
from drivetrain.catalogue.code_bearers import bears_code
from drivetrain.catalogue.families import is_runtime
from drivetrain.catalogue.relations.device_code import code_runs_on, needs_jit, ptx_runs_on, sass_runs_on
from drivetrain.catalogue.relations.driver import is_full
from drivetrain.model.build import Target
from drivetrain.model.catalogue import LibraryCode
from drivetrain.model.documents import FrozenMap
from drivetrain.model.dotted import dotted, minor
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit, Reason
from drivetrain.words import say


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
        if bears_code(one.name) or (one.name in names and facts and facts.is_cuda_build and families):
            yield one


def _outcomes(context: Context, target: Target, one: Installed) -> Iterator[Outcome]:
    held = held_by(context, one)
    about = f"{one.name} {one.version}"
    if not held:
        yield RULE.unknown(one.name, say("for which GPUs {about} holds code is not known", about=about))
        return
    code = tuple(each.code for each in held)
    # A driver that nobody named may be one that compiles: only code that is not there at all is wrong then.
    jit = target.ceiling is None or is_full(target, cuda_of(context, one) or _runtime(context) or "0")
    reasons = [(gpu, capability, code_runs_on(code, capability, jit=jit, about=about, gpu=gpu, ceiling=target.ceiling)) for capability, gpu in target.gpu_names]
    for gpu, capability, reason in reasons:
        if reason is not None:
            lacking = tuple(each for each in held if code_runs_on((each.code,), capability, jit=jit, about=about, gpu=gpu, ceiling=target.ceiling))
            yield _found(context, one, lacking, (capability, gpu), reason)
        elif needs_jit(code, capability) and target.ceiling is None:
            yield RULE.unknown(one.name, say("{about} compiles its code for {gpu} on first start if the driver can, which is not known", about=about, gpu=gpu))
        elif needs_jit(code, capability):
            yield _slow_start(one, tuple(each for each in held if needs_jit((each.code,), capability)), (capability, gpu))
    if target.gpu_names and all(reason is None and (target.ceiling or not needs_jit(code, capability)) for _, capability, reason in reasons):
        yield RULE.clear(one.name, say("{about} holds code for {gpus}", about=about, gpus=", ".join(gpu for _, gpu in target.gpu_names)))


def _runtime(context: Context) -> str | None:
    return next((minor(one.version) for one in context.environment.installed if is_runtime(one.name)), None)


def _found(context: Context, one: Installed, held: tuple[Held, ...], gpu: tuple[str, str], reason: Reason) -> Outcome:
    capability, name = gpu
    frameworks = tuple(each.name for each in frameworks_behind(one.name, required_by(context.environment))) or (one.name,)
    return RULE.found(
        one.name,
        reason.says,
        (Evidence(text=say("{gpu}: compute capability {capability}", gpu=name, capability=capability)), *_evidence(held, capability)),
        (Fix(says=say("plan {frameworks} again: a stack with code for {gpu}", frameworks=", ".join(frameworks), gpu=name), edit=Edit(require=frameworks)),),
        cause=reason.cause,
        sources=reason.sources or RULE.sources,
    )


def _evidence(held: tuple[Held, ...], capability: str) -> Iterator[Evidence]:
    for each in held:
        targets = " ".join(_told(target, count) for target, count in sorted((*each.code.sass, *each.code.ptx), key=_order))
        yield Evidence(path=each.path, text=say("{library} holds code for: {targets}", library=each.code.library, targets=targets or "-"))
        if each.counted:
            yield Evidence(path=each.path, text=_counted(each.code, capability))


def _counted(code: LibraryCode, capability: str) -> str:
    best = max((count for _, count in code.sass), default=0)
    compiled = sum(count for target, count in code.sass if sass_runs_on(target, capability))
    ptx = sum(count for target, count in code.ptx if ptx_runs_on(target, capability))
    return say("for {capability} {compiled} of {best} pieces are compiled; PTX to compile: {ptx}", capability=capability, compiled=compiled, best=best, ptx=ptx)


def _told(target: str, count: int) -> str:
    """A count of 0 says that nobody counted."""
    return f"{target}×{count}" if count else target


def _order(row: tuple[str, int]) -> tuple[bool, tuple[int, ...], str]:
    number = "".join(each for each in row[0] if each.isdigit())
    return row[0].startswith("compute"), dotted(f"{number[:-1]}.{number[-1:]}"), row[0]


def _slow_start(one: Installed, held: tuple[Held, ...], gpu: tuple[str, str]) -> Outcome:
    capability, name = gpu
    return RULE.found(
        one.name,
        say("{name} {version} compiles its code for {gpu} on first start: minutes, once", name=one.name, version=one.version, gpu=name),
        _evidence(held, capability),
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
