"""Gives the environment that a plan promises, so that the auditor's rules can be held against the planner without installing anything."""

from __future__ import annotations

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.offers import builds_of
from drivetrain.model.build import Build, Target
from drivetrain.model.catalogue import Requirement
from drivetrain.model.environment import BuildFacts, Environment, Installed
from drivetrain.model.plan import Package, Plan


def environment_of(plan: Plan, target: Target, catalogue: Catalogue) -> Environment:
    """Gives the environment of a plan on its target: what each wheel's METADATA says, and what the frameworks' own files would."""
    rows = [(package, _build(package, target, catalogue)) for package in plan.packages]
    return Environment(
        prefix="promised",
        platform=target.os,
        python=plan.python,
        site_packages=f"lib/python{plan.python}/site-packages",
        installed=tuple(_installed(package, build, catalogue) for package, build in rows if build is not None),
        builds=tuple(
            BuildFacts(distribution=package.name, cuda=build.cuda, cudnn=build.cudnn, is_cuda_build=build.brings_cuda, source="promised")
            for package, build in rows
            if build is not None and catalogue.framework(package.name) is not None and not build.extras
        ),
    )


def _build(package: Package, target: Target, catalogue: Catalogue) -> Build | None:
    every = [each for each in builds_of(catalogue, package.name, target, package.version) if (each.version, each.wheel_name) == (package.version, package.name)]
    return next((each for each in every if each.build == package.build and each.local == package.local), every[0] if every else None)


def _installed(package: Package, build: Build, catalogue: Catalogue) -> Installed:
    # What the catalogue does not know is the resolver's part of the promise, and left out here.
    version = f"{package.version}+{package.local}" if package.local else package.version
    return Installed(
        name=package.name,
        version=version,
        path=f"{package.name.replace('-', '_')}-{version}.dist-info",
        requires=tuple(_line(each) for each in build.requires if each.name not in build.near and catalogue.knows(each.name)),
        extras=package.extras,
        requested=package.requested,
        installer="uv",
    )


def _line(requirement: Requirement) -> str:
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{requirement.specifier}{marker}"
