"""Draws the stack as layers, each standing on the one below: Python, frameworks, cuDNN and NCCL, CUDA, driver, GPU."""

from __future__ import annotations

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Package, Plan
from drivetrain.report.amounts import memory
from drivetrain.report.html_tags import Html, tag
from drivetrain.report.typed import requirement_name
from drivetrain.words import say


def stack(plan: Plan, machine: Machine | None) -> Html:
    """Gives the layers, the topmost first."""
    others = {requirement_name(each) for each in plan.requirements}
    layers = [
        _layer(say("Python"), "python", [_box("Python", plan.python)]),
        _layer(say("frameworks"), "framework", [_framework(each) for each in plan.packages if each.requested and each.name not in others]),
    ]
    if others:
        boxes = [_box(each.name, each.version) for each in plan.packages if each.name in others] or [_box(each, "") for each in plan.requirements]
        layers.insert(1, _layer(say("also asked for"), "python", boxes))
    libraries = [("cuDNN", plan.cudnn)] if plan.cudnn else []
    libraries += [("NCCL", each.version) for each in plan.packages if each.name.startswith("nvidia-nccl")][:1]
    if libraries:
        layers.append(_layer(say("libraries"), "library", [_box(name, version or "") for name, version in libraries]))
    if plan.cuda is not None:
        family = say("all components share CUDA {family}", family=plan.cuda.family)
        layers.append(_layer("CUDA", "cuda", [_box(say("CUDA runtime"), plan.cuda.version, family)]))
    layers += _ground(plan, machine)
    return tag("ol", *layers, class_="stack")


def _ground(plan: Plan, machine: Machine | None) -> list[Html]:
    if plan.cuda is None:
        model = machine.cpu.model if machine else ""
        return [_layer(say("processor"), "driver", [_box(model or "CPU", "", machine.arch if machine else "")])]
    layers = [_layer(say("driver"), "driver", [_driver(plan, machine)])]
    gpus = machine.nvidia_gpus if machine else ()
    boxes = []
    for gpu in gpus:
        capability = say("compute capability {capability}", capability=gpu.compute_capability) if gpu.compute_capability else ""
        size = memory(gpu.memory_total_bytes) if gpu.memory_total_bytes else ""
        boxes.append(_box(gpu.name, "", say(", ").join(filter(None, (size, capability)))))
    return [*layers, _layer("GPU", "driver", boxes)] if boxes else layers


def _driver(plan: Plan, machine: Machine | None) -> Html:
    assert plan.cuda is not None
    if machine is None or machine.driver is None:
        needed = say("{version} or newer", version=plan.cuda.driver_minimum) if plan.cuda.driver_minimum else ""
        return _box(say("NVIDIA driver"), needed)
    serves = say("serves this CUDA in full") if plan.cuda.compatibility == "full" else say("serves this CUDA through minor-version compatibility")
    if not plan.cuda.jit:
        serves = say("; ").join((serves, say("no PTX JIT")))
    ceiling = say("CUDA up to {version}", version=machine.driver.cuda) if machine.driver.cuda else ""
    return _box(say("NVIDIA driver"), machine.driver.version, say("; ").join(filter(None, (ceiling, serves))))


def _framework(package: Package) -> Html:
    name = f"{package.name}[{','.join(package.extras)}]" if package.extras and not package.build else package.name
    made = say("made with CUDA {cuda}", cuda=package.cuda) if package.cuda else ""
    return _box(name, " ".join(filter(None, (package.version, package.build))), say("; ").join(filter(None, (made, package.source))))


def _box(name: str, version: str, more: str = "") -> Html:
    parts = [tag("span", name, class_="name"), " ", tag("span", version, class_="version")]
    return tag("div", *parts, tag("span", more, class_="more") if more else "", class_="box")


def _layer(kind: str, hue: str, boxes: list[Html]) -> Html:
    return tag("li", tag("div", kind, class_="kind"), tag("div", *boxes, class_="boxes"), class_=f"layer {hue}")
