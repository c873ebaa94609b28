"""Where XLA looks for ptxas and libdevice, which TensorFlow and JAX compile with: the nvcc wheel, XLA_FLAGS, /usr/local/cuda."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule, older
from drivetrain.audit.target import target_of
from drivetrain.audit.variables import set_to, shown
from drivetrain.catalogue.relations.driver import is_full
from drivetrain.model.environment import BuildFacts, Installed
from drivetrain.model.machine import NamedFolder
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_LIBDEVICE, _PTXAS = "nvvm/libdevice/libdevice.10.bc", "bin/ptxas"
_TENSORFLOW = ("tensorflow", "tensorflow-gpu", "tf-nightly")
_HOLDERS = ("nvcc", "nvvm", "cudatoolkit")
_USUAL = "/usr/local/cuda"


def _check(context: Context) -> Iterator[Outcome]:
    consumer = _consumer(context)
    if consumer is None or not context.gpus or context.meant_for_cpu or not context.runs_here or context.environment.platform != "linux":
        yield RULE.clear("XLA", say("nothing here compiles with XLA for a GPU of this machine"))
        return
    inside = _inside(context)
    flagged = next(iter(context.named("XLA_FLAGS")), None) if context.variables is not None else None
    if flagged is not None and not flagged.exists:
        yield _nowhere(context, consumer[0], flagged, whole=len(inside) > 1)
    elif len(inside) > 1:
        yield RULE.clear("XLA", say("ptxas and libdevice come along with {name}", name=_holder(context)))
    elif flagged is not None and {_LIBDEVICE, _PTXAS} <= set(flagged.holds):
        yield RULE.clear("XLA", say("XLA_FLAGS names {path}, which holds ptxas and libdevice", path=flagged.path))
    else:
        yield _lacking(context, consumer, inside)


def _consumer(context: Context) -> tuple[Installed, BuildFacts] | None:
    """Gives what compiles with XLA here and brings its CUDA as wheels."""
    plugin = next((one for one in context.environment.installed if one.name.startswith("jax-cuda") and one.name.endswith("-plugin")), None)
    if plugin is not None and (facts := context.facts("jaxlib")) is not None:
        return plugin, facts
    tensorflow, facts = context.first(*_TENSORFLOW), context.facts(*_TENSORFLOW)
    if tensorflow is None or facts is None or not facts.is_cuda_build or older(tensorflow.version, "2.14") is not False:
        return None
    # Without the wheels of CUDA it computes on the CPU, which another rule says.
    return (tensorflow, facts) if any(one.name.startswith("nvidia-cudnn") for one in context.environment.installed) else None


def _inside(context: Context) -> dict[str, str]:
    """Gives where the tools lie in the environment, by what they are."""
    found: dict[str, str] = {}
    for one in context.environment.installed:
        if not any(each in one.name for each in _HOLDERS):
            continue
        lost = {each.path for each in one.damaged if each.size_bytes is None}
        for file in one.files:
            for tool in (_LIBDEVICE, _PTXAS):
                if file.path.endswith(f"/{tool}") and file.path not in lost:
                    found[tool] = file.path
    return found


def _holder(context: Context) -> str:
    return next((f"{one.name} {one.version}" for one in context.environment.installed if "nvcc" in one.name), "nvcc")


def _lacking(context: Context, consumer: tuple[Installed, BuildFacts], inside: dict[str, str]) -> Outcome:
    one, facts = consumer
    outside = next((each.path for each in context.machine.toolkits if each.path.rstrip("/") == _USUAL or each.path.startswith(f"{_USUAL}-")), None)
    if context.environment.kind == "conda" or context.environment.inherits or outside is not None:
        where = outside or say("what lies outside its wheels")
        return RULE.unknown(one.name, say("whether XLA finds ptxas and libdevice in {where} is not known", where=where))
    family = (facts.cuda or "12").partition(".")[0]
    wheel = "nvidia-cuda-nvcc" if family == "13" else f"nvidia-cuda-nvcc-cu{family}"
    install = Fix(says=say("install {requirement}", requirement=wheel), edit=Edit(require=(wheel,)))
    evidence = [Evidence(path=one.path, text=f"{one.name} {one.version}"), *(Evidence(path=path, text=tool) for tool, path in inside.items())]
    if _LIBDEVICE not in inside:
        says = say("XLA finds no libdevice: {wheel} is not whole here, and no toolkit lies in {usual}", wheel=wheel, usual=_USUAL)
        return RULE.found(one.name, says, evidence, (install,))
    driver = context.machine.driver
    if driver is not None and facts.cuda and not is_full(target_of(context.machine, context.environment, context.gpus), facts.cuda):
        says = say(
            "XLA finds no ptxas and leaves compiling to driver {driver}, which serves CUDA {ceiling} and cannot compile what CUDA {cuda} makes",
            driver=driver.version, ceiling=driver.cuda or "?", cuda=facts.cuda,
        )  # fmt: skip
        return RULE.found(one.name, says, evidence, (install,), cause="ptx-jit-impossible")
    says = say("XLA finds no ptxas and leaves compiling to the driver, which is slower: {wheel} is not whole here", wheel=wheel)
    return RULE.found(one.name, says, evidence, (install,), cause="ptxas-missing-or-old", severity="note")


def _nowhere(context: Context, one: Installed, folder: NamedFolder, *, whole: bool) -> Outcome:
    says = say("XLA_FLAGS sends XLA to {path} for libdevice, which does not exist", path=folder.path)
    value = context.variable("XLA_FLAGS") or ""
    kept = " ".join(each for each in value.split() if not each.startswith("--xla_gpu_cuda_data_dir="))
    return RULE.found(one.name, says, (shown("XLA_FLAGS", context),), (set_to("XLA_FLAGS", kept),), severity="note" if whole else "warning")


RULE = Rule(
    cause="libdevice-not-found",
    severity="warning",
    check=_check,
    sources=("https://openxla.org/xla/flags_guidance", "https://docs.jax.dev/en/latest/installation.html", "https://www.tensorflow.org/install/pip"),
)
