"""A framework that computes on the CPU although the machine has a GPU that its driver serves."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.replaced import lost_gpu_build
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tf-nightly")
_OTHER_JAX_BACKENDS = ("jax-metal", "jax-rocm60-plugin", "jax-rocm7-plugin", "intel-extension-for-openxla", "libtpu")


def _check(context: Context) -> Iterator[Outcome]:
    present = [one for name in ("torch", *_TENSORFLOW[:1], "jax") if (one := _installed(context, name)) is not None]
    reason = _no_question(context)
    if reason or not present:
        yield RULE.clear(WHOLE, reason or say("no framework is installed"))
        return
    gpu = context.gpus[0].name
    for one in present:
        if lost_gpu_build(context, one.name):
            yield RULE.clear(one.name, say("conda had a build of it for the GPU: another rule's finding"))
        elif one.name == "torch":
            yield _torch(context, one, gpu)
        elif one.name == "jax":
            yield _jax(context, one, gpu)
        else:
            yield _tensorflow(context, one, gpu)


def _no_question(context: Context) -> str:
    """Gives why no build of this environment is expected to use a GPU here; empty where one is."""
    if not context.gpus:
        return say("the machine has no NVIDIA GPU")
    if context.machine.driver is None:
        return say("no driver serves the GPU, so no build could use it")
    if not context.runs_here:
        return say("the environment is of another operating system than the machine")
    if context.accelerator in ("cpu", "mps"):
        return say("planned for the CPU")
    return say("no CUDA build exists for macOS") if context.environment.platform == "macos" else ""


def _installed(context: Context, name: str) -> Installed | None:
    names = _TENSORFLOW if name == "tensorflow" else (name, "jaxlib") if name == "jax" else (name,)
    return next((one for each in names if (one := context.environment.distribution(each)) is not None), None)


def _torch(context: Context, torch: Installed, gpu: str) -> Outcome:
    facts = context.facts("torch")
    if facts is not None and facts.is_cuda_build:
        return RULE.clear("torch", say("{name} {version} is built for CUDA {cuda}", name="torch", version=torch.version, cuda=facts.cuda))
    if torch.version.endswith("+cpu") or "cpu" in torch.build or (facts is not None and facts.is_cuda_build is False):
        return _found(torch, gpu, facts.source if facts else torch.path, say("built without CUDA"))
    return RULE.unknown("torch", say("what torch {version} was built for is not stated in it", version=torch.version))


def _tensorflow(context: Context, tensorflow: Installed, gpu: str) -> Outcome:
    facts = context.facts(*_TENSORFLOW)
    if tensorflow.name == "tensorflow-cpu" or "cpu" in tensorflow.build or (facts is not None and facts.is_cuda_build is False):
        if context.environment.platform == "windows":
            return RULE.clear("tensorflow", say("its Windows builds are CPU only from 2.11 on: another rule's question"))
        return _found(tensorflow, gpu, facts.source if facts else tensorflow.path, say("built without CUDA"))
    if facts is None:
        return RULE.unknown("tensorflow", say("what tensorflow {version} was built for is not stated in it", version=tensorflow.version))
    family = facts.cuda.partition(".")[0] if facts.cuda else ""
    if any(one.name.startswith("nvidia-cudnn") for one in context.environment.installed) or context.environment.distribution("cudnn"):
        return RULE.clear("tensorflow", say("{name} {version} is built for CUDA {cuda}", name="tensorflow", version=tensorflow.version, cuda=facts.cuda))
    toolkits = [each for each in context.machine.toolkits if each.version.partition(".")[0] == family]
    if toolkits and context.machine.cudnn:
        return RULE.unknown(
            "tensorflow",
            say("it brings no CUDA libraries; whether it finds those of {path} depends on the loader's path", path=toolkits[0].path),
        )
    return _found(tensorflow, gpu, tensorflow.path, say("no CUDA libraries are installed with it (no nvidia-cudnn wheel)"))


def _jax(context: Context, jax: Installed, gpu: str) -> Outcome:
    other = next((name for name in _OTHER_JAX_BACKENDS if context.environment.distribution(name)), None)
    facts = context.facts("jaxlib")
    if other is not None:
        return RULE.clear("jax", say("it computes with {plugin}", plugin=other))
    if facts is None:
        return RULE.unknown("jax", say("no jaxlib is installed"))
    if facts.is_cuda_build:
        return RULE.clear("jax", say("{name} {version} is built for CUDA {cuda}", name="jax", version=jax.version, cuda=facts.cuda))
    return _found(jax, gpu, facts.source, say("no CUDA plugin is installed (jax-cuda12-plugin, jax-cuda13-plugin)"))


def _found(one: Installed, gpu: str, path: str, why: str) -> Outcome:
    name = {"jaxlib": "jax"}.get(one.name, "tensorflow" if one.name in _TENSORFLOW else one.name)
    return RULE.found(
        name,
        say("{name} {version} computes on the CPU, the {gpu} stays idle: {why}", name=one.name, version=one.version, gpu=gpu, why=why),
        (Evidence(path=path, text=why),),
        (
            Fix(
                says=say("install the build of {name} for this GPU", name=name),
                edit=Edit(require=(name,), drop=() if one.name in (name, "jaxlib") else (one.name,), accelerator="cuda"),
            ),
        ),
    )


RULE = Rule(
    cause="cpu-only-package-installed",
    severity="error",
    check=_check,
    sources=("https://www.tensorflow.org/install/pip", "https://docs.jax.dev/en/latest/installation.html", "https://pytorch.org/get-started/locally/"),
)
