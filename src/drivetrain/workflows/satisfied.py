"""Tells whether an environment of ours still serves a request on this machine, so that nothing need be installed."""

from __future__ import annotations

from drivetrain.install.prefix import Owner
from drivetrain.model.dotted import at_least
from drivetrain.model.lock import Lock
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request, Wish
from drivetrain.workflows.machine import has_usable_gpu


def still_serves(owner: Owner, request: Request, machine: Machine) -> bool:
    """Tells whether every wish is met by the lock, the lock's distributions are all there, and the machine is one that the plan is for."""
    from pathlib import Path

    from drivetrain.install import installed_exactly

    if owner.kind != "ours" or owner.plan is None or owner.lock is None or owner.request is None:
        return False
    if not _fits_machine(owner.plan, request, machine):
        return False
    wishes = (*request.wishes, *(each for each in request.constraints if _locked(owner.lock, each.name) is not None))
    if not all(_is_met(each, owner.plan, owner.lock, owner.request) for each in wishes):
        return False
    return installed_exactly(Path(owner.prefix), owner.lock, others=True)


def _fits_machine(plan: Plan, request: Request, machine: Machine) -> bool:
    wanted = request.accelerator if request.accelerator != "auto" else "cuda" if has_usable_gpu(machine) else "cpu"
    if wanted != ("cpu" if plan.accelerator == "mps" else plan.accelerator) or request.engine == "conda":
        return False
    if plan.cuda is None or plan.cuda.driver_minimum is None or machine.driver is None:
        return True
    try:
        return at_least(machine.driver.version, plan.cuda.driver_minimum)
    except ValueError:
        return False


def _is_met(wish: Wish, plan: Plan, lock: Lock, before: Request) -> bool:
    if wish.url:
        return any(wish.url == each.url and wish.extras == each.extras for each in before.wishes)
    if wish.is_component:
        from drivetrain.catalogue.relations.markers import matches_prefix

        have = {"python": plan.python, "cuda": plan.cuda.version if plan.cuda else None, "cudnn": plan.cudnn}.get(wish.name)
        return wish in before.wishes or (have is not None and matches_prefix(have, wish.specifier))
    if any(each.name == wish.name and _satisfies(each.version, wish.specifier) for each in plan.to_compile):
        return True
    if wish.marker or wish.extras:
        return any((each.name, each.specifier, each.extras, each.marker) == (wish.name, wish.specifier, wish.extras, wish.marker) for each in before.wishes)
    have = _locked(lock, wish.name) or _locked(lock, _planned_as(wish.name, plan))
    return have is not None and _satisfies(have, wish.specifier)


def _planned_as(name: str, plan: Plan) -> str:
    """A name that became another one ("tensorflow-gpu") is met by what was planned for it."""
    from drivetrain.frameworks import frameworks

    for each in frameworks():
        # A name that says a CUDA ("cupy-cuda12x") is met by that wheel alone, unless nothing uses CUDA here.
        names = (each.distribution, *dict(each.renamed), *(each.names if plan.accelerator != "cuda" else ()))
        if name in names and (package := plan.package(each.distribution)):
            return package.name
    return name


def _locked(lock: Lock, name: str) -> str | None:
    return next((each.version for each in lock.artifacts if each.name.lower().replace("_", "-") == name), None)


def _satisfies(version: str, specifier: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(specifier).contains(version, prereleases=True)
