"""Turns a stack into a plan: packages, CUDA and cuDNN, sizes and ages."""

from __future__ import annotations

from typing import Literal

from drivetrain.catalogue import drivers
from drivetrain.catalogue.conda import PLACE
from drivetrain.catalogue.families import is_cudnn, is_runtime
from drivetrain.model.build import Target
from drivetrain.model.documents import FrozenMap
from drivetrain.model.dotted import minor
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Cuda, Finding, Package, Plan
from drivetrain.model.request import Request, Wish
from drivetrain.solve.candidate import Candidate
from drivetrain.solve.companion_notes import companion_assumptions, companion_findings
from drivetrain.solve.conda_commands import whole_commands
from drivetrain.solve.from_source import findings_on, is_left, packages_left, unsure
from drivetrain.solve.ground import age_days, ages
from drivetrain.solve.notices import notices
from drivetrain.solve.optimum import Joint, Stack
from drivetrain.solve.other_gpus import other_gpu_notices
from drivetrain.solve.retired import retired_notices
from drivetrain.solve.served_notices import served_notices, variables_of
from drivetrain.solve.system_libraries import system_notices
from drivetrain.solve.wheels import glibc_of, size_of
from drivetrain.words import say


def plan_of(joint: Joint, stack: Stack, machine: Machine, request: Request) -> Plan:
    """Gives the plan of a stack, without reasons."""
    target = joint.sieve.target
    picks = dict(stack.picks)
    ordered = [name for name in joint.asked if name in picks] + [name for name in picks if name not in joint.asked]
    cuda = _cuda(stack, target)
    elsewhere = {name for name, candidate in stack.picks if candidate.build.from_source and not is_left(candidate.build, request)}
    passed_on = tuple(wish.text or wish.name for wish in request.wishes if _passes_on(wish, joint) or wish.name in elsewhere)
    packages = tuple(_package(name, picks[name], joint, stack.python) for name in ordered if not picks[name].build.from_source)
    return Plan(
        engine="conda" if any(each.build.place == PLACE for each in picks.values()) else "pip",
        accelerator=_accelerator(target, machine, stack),
        sources=tuple(place_title(place, joint) for place in target.places if _shown(place, joint)),
        python=stack.python,
        cuda=cuda,
        cudnn=_cudnn(stack) if cuda else None,
        packages=packages,
        requirements=passed_on,
        assumptions=tuple(
            dict.fromkeys(
                (
                    *_of_target(target),
                    *_of_conda(joint),
                    *companion_assumptions(joint, stack),
                    *unsure(joint, stack, request),
                    *(each for _, candidate in stack.picks for each in candidate.assumptions),
                )
            )
        ),
        to_compile=packages_left(joint, stack, request),
        findings=(
            *_findings(stack, target, joint.asked),
            *notices(stack),
            *served_notices(joint, stack),
            *retired_notices(joint),
            *other_gpu_notices(joint, stack, machine),
            *system_notices(joint, stack, machine),
            *companion_findings(joint, stack),
            *findings_on(joint, stack, request, machine),
        ),
        download_bytes=_download_bytes(packages),
        age_days=FrozenMap(ages_of(joint, stack)),
        commands=whole_commands(stack, passed_on, os=target.os) if target.all_conda else _conda_commands(stack, joint.asked),
        variables=FrozenMap(variables_of(joint, stack)),
        glibc=glibc_of(tuple(each.build for _, each in stack.picks), target, stack.python),
        loader_paths=tuple(dict.fromkeys(path for _, candidate in stack.picks for path in candidate.build.loader_paths)),
    )


def _of_target(target: Target) -> tuple[str, ...]:
    """Gives what is taken for granted of the target, whatever is chosen."""
    if target.accelerator != "cuda":
        return ()
    return tuple(say("the compute capability of {gpu} is not known: every build is taken to hold code for it", gpu=name) for name in target.unknown_gpus)


def _of_conda(joint: Joint) -> tuple[str, ...]:
    """Gives what is taken for granted of conda-forge where everything comes from there."""
    if not joint.sieve.target.all_conda:
        return ()
    day = max(row.built for name in joint.asked for row in joint.sieve.catalogue.conda_builds[name])
    says = say("conda-forge is known by its recipes up to {day}: that each build was published, and that the packages besides fit, conda will tell", day=day)
    return (says,)


def ages_of(joint: Joint, stack: Stack) -> dict[str, int]:
    """Gives per framework the days between the newest release that could run alone here and the one chosen."""
    found = {}
    for name in joint.asked:
        candidate = stack.pick(name)
        if candidate is None or not ages(joint.sieve, name) or candidate.build.from_source:
            continue
        if candidate.build.dated == joint.sieve.newest_date(name):
            found[name] = 0
            continue
        alone = joint.best((name,), frugal=False)
        newest = alone.pick(name) if alone else None
        found[name] = age_days(newest.build.dated, candidate.build) if newest else 0
    return found


def place_title(place: str, joint: Joint) -> str:
    """Gives a place's name for people."""
    if place == "index":
        return say("package index")
    for framework in joint.sieve.catalogue.frameworks:
        if framework.wheel_index and framework.wheel_index[0] == place:
            return say("{title}'s index", title=framework.title)
        if framework.page and framework.page.place == place:
            return say("{title}'s release page", title=framework.title)
    return place.removeprefix("find-links:").removeprefix("index:")


def _shown(place: str, joint: Joint) -> bool:
    """A configured index is one of the package indexes, and named apart where it has builds of its own."""
    owner = next((each for each in joint.sieve.catalogue.frameworks if each.wheel_index and each.wheel_index[0] == place), None)
    if owner is not None and owner.names and owner.distribution not in joint.asked:
        return False
    page_of = next((each for each in joint.sieve.catalogue.frameworks if each.page and each.page.place == place), None)
    if page_of is not None and not {page_of.distribution, *(page_of.page.distributions if page_of.page else ())} & set(joint.asked):
        return False
    return not place.startswith("index:") or any(each.place == place for each in joint.sieve.catalogue.local_wheels)


def _passes_on(wish: Wish, joint: Joint) -> bool:
    """Tells whether a wish is the resolver's: the catalogue does not plan it, or not where everything comes from conda."""
    sieve = joint.sieve
    if wish.is_component or (sieve.target.all_conda and sieve.canonical(wish.name) not in joint.asked):
        return not wish.is_component
    return bool(wish.url) or (wish.name not in sieve.catalogue.distributions and sieve.catalogue.framework(wish.name) is None)


def _accelerator(target: Target, machine: Machine, stack: Stack) -> Literal["cuda", "cpu", "mps"]:
    if target.accelerator == "cuda":
        return "cuda" if any(candidate.build.brings_cuda for _, candidate in stack.picks) else "cpu"
    if target.accelerator == "cpu" and any(gpu.vendor == "apple" for gpu in machine.gpus):
        return "mps"
    return target.accelerator


def _download_bytes(packages: tuple[Package, ...]) -> int | None:
    """Gives the sum of the packages' sizes; None as soon as one is not known."""
    sizes = [each.bytes for each in packages]
    return None if None in sizes else sum(each or 0 for each in sizes)


def _package(name: str, candidate: Candidate, joint: Joint, python: str) -> Package:
    build = candidate.build
    return Package(
        name=build.published_as or name,
        version=build.version,
        asked_as=name if build.published_as else "",
        build=build.build,
        extras=build.extras,
        cuda=build.cuda,
        source=place_title(build.place, joint),
        requested=name in joint.asked,
        local=build.local,
        bytes=size_of(build, joint.sieve.target.platform, python),
    )


def _cuda(stack: Stack, target: Target) -> Cuda | None:
    if target.accelerator != "cuda":
        return None
    runtime = next((candidate for name, candidate in stack.picks if is_runtime(name)), None)
    held = [candidate.build.cuda for _, candidate in stack.picks if candidate.build.cuda]
    version = minor(runtime.build.version) if runtime else max(held, key=lambda each: tuple(map(int, each.split("."))), default=None)
    if version is None:
        return None
    partly = any(candidate.minor for _, candidate in stack.picks)
    family = int(version.split(".")[0])
    return Cuda(
        version=version,
        family=family,
        driver_minimum=drivers.minimum_driver(version, target.os, wsl=target.wsl),
        compatibility="minor-version" if partly else "full",
        jit=not partly,
    )


def _cudnn(stack: Stack) -> str | None:
    picked = next((candidate.build.version for name, candidate in stack.picks if is_cudnn(name)), None)
    return picked or next((candidate.build.cudnn for _, candidate in stack.picks if candidate.build.cudnn), None)


def _conda_commands(stack: Stack, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Gives what to type for a stack with conda packages: drivetrain plans it and does not install it yet."""
    conda = [f"{name}={candidate.build.version}" for name, candidate in stack.picks if candidate.build.place == PLACE]
    if not conda:
        return ()
    wheels = [f'"{name}=={candidate.build.version}"' for name, candidate in stack.picks if name in asked]
    return (
        f"conda create -n drivetrain -c conda-forge python={stack.python} {' '.join(conda)}",
        f"conda run -n drivetrain python -m pip install {' '.join(wheels)}",
    )


def _findings(stack: Stack, target: Target, asked: tuple[str, ...]) -> tuple[Finding, ...]:
    if target.accelerator != "cuda":
        return tuple(
            Finding(
                cause="cuda-build-on-cpu",
                says=say(
                    "{name} {version} brings CUDA libraries that this machine cannot use: no build without them can be reached",
                    name=name,
                    version=candidate.build.version,
                ),
            )
            for name, candidate in stack.picks
            if name in asked and candidate.build.brings_cuda
        )
    names = dict(target.gpu_names)
    gpus = ", ".join(names.values())
    return tuple(
        Finding(
            cause="ptx-jit-first-start",
            says=say("{name} {version} compiles its code for {gpus} on its first start: minutes, once", name=name, version=candidate.build.version, gpus=gpus),
        )
        for name, candidate in stack.picks
        if candidate.jit
    )
