"""JAX_PLATFORMS that keeps JAX from the GPU, or names a platform that nothing here brings."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import not_told, set_to, shown, unset
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_NAMES = ("JAX_PLATFORMS", "JAX_PLATFORM_NAME")


def _check(context: Context) -> Iterator[Outcome]:
    jax = context.environment.distribution("jax")
    if jax is None:
        yield RULE.clear(_NAMES[0], say("{name} is not installed", name="jax"))
        return
    if context.variables is None:
        yield not_told(RULE, context, _NAMES[0])
        return
    name = next((each for each in _NAMES if context.variables.get(each)), None)
    if name is None:
        yield RULE.clear(_NAMES[0], say("{name} is not set", name=_NAMES[0]))
        return
    yield _judged(context, name, [each.strip().lower() for each in context.variables[name].split(",") if each.strip()], jax)


def _judged(context: Context, name: str, platforms: list[str], jax: Installed) -> Outcome:
    value = context.variable(name) or ""
    evidence = (shown(name, context), Evidence(path=jax.path, text=f"jax {jax.version}"))
    plugin = next((one for one in context.environment.installed if one.name.startswith("jax-cuda") and one.name.endswith("-plugin")), None)
    # It stands for cuda, rocm and oneapi, all of which JAX then asks for: jax/_src/xla_bridge.py of 0.12.0, expand_platform_alias.
    if name == _NAMES[0] and "gpu" in platforms:
        says = say("{name}={value} asks for every maker's GPU at once, and JAX stops where one is not there; CUDA is called cuda", name=name, value=value)
        fixes = (_right(name, plugin), unset(name)) if plugin else (_right(name, None),)
        return RULE.found("jax", says, evidence, fixes, severity="error", cause="jax-platform-not-there")
    if {"cuda", "gpu"} & set(platforms) and plugin is None:
        if context.environment.inherits or context.environment.kind == "conda" or not _is_cuda_build(context, False):
            return RULE.unknown("jax", say("whether JAX's CUDA plugin is visible here is not known"), evidence=evidence)
        says = say("{name}={value}, and no CUDA plugin of JAX is installed: JAX stops instead of computing on the CPU", name=name, value=value)
        return RULE.found("jax", says, evidence, (_right(name, None),), severity="error", cause="jax-platform-not-there")
    if "rocm" in platforms and not any(one.name.startswith("jax-rocm") for one in context.environment.installed) and context.gpus:
        says = say("{name}={value}, and no ROCm plugin of JAX is installed: JAX stops instead of computing on the CPU", name=name, value=value)
        return RULE.found("jax", says, evidence, (_right(name, plugin),), severity="error", cause="jax-platform-not-there")
    if platforms == ["cpu"] and plugin is not None and context.gpus and not context.meant_for_cpu:
        says = say("{name}={value}: JAX computes on the CPU, the {gpu} stays idle", name=name, value=value, gpu=context.gpus[0].name)
        return RULE.found("jax", says, (*evidence, Evidence(path=plugin.path, text=f"{plugin.name} {plugin.version}")), (unset(name),))
    return RULE.clear("jax", say("{name}={value} fits what is installed", name=name, value=value))


def _right(name: str, plugin: Installed | None) -> Fix:
    return set_to(name, "cuda", safety="safe") if plugin else unset(name, safety="safe")


def _is_cuda_build(context: Context, value: bool) -> bool:
    facts = context.facts("jaxlib")
    return facts is not None and facts.is_cuda_build is value


RULE = Rule(
    cause="jax-platforms-hides-gpu",
    severity="warning",
    check=_check,
    sources=("https://docs.jax.dev/en/latest/faq.html", "https://docs.jax.dev/en/latest/config_options.html"),
)
