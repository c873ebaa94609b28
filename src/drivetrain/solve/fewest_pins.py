"""Finds the fewest pins of a refused request that must change, on its own target or else on the nearest one that serves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import structs

from drivetrain.catalogue import CONDA_LIBRARIES
from drivetrain.catalogue.places import place_at
from drivetrain.catalogue.relations.markers import matches_prefix
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Change, Plan, Relaxation
from drivetrain.model.request import Request, Wish
from drivetrain.solve.aim import Planner
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.components import text_of, unmet_wishes, without, without_cuda
from drivetrain.solve.typed_extras import brings_cuda
from drivetrain.words import say

Base = tuple[Change, Request, Machine]
"""What is changed before any pin is, and the request and machine with that change."""


def fewest_pins(sieve: Sieve, asked: tuple[str, ...], request: Request, machine: Machine, plan: Planner, *, elsewhere: tuple[Base, ...]) -> Relaxation | None:
    """Gives the way out that loosens the fewest pins; `elsewhere`: other targets, tried when no loosening helps on this one."""
    for change, base, place in (*_bases(sieve, request, machine), *elsewhere):
        pinned = [each for each in base.wishes if _is_pin(each, sieve, asked)]
        found = _loosened_least(base, place, pinned, plan)
        if found is None:
            continue
        best, loose = found
        changed = tuple(dict.fromkeys(_instead(wish, best, sieve.canonical(wish.name)) for wish in loose))
        fetched = best.python if base.fetch_python and best.python not in sieve.target.pythons else None
        made = structs.replace(
            change,
            require=changed,
            python=fetched if not change.os else None,
            engine="conda" if best.engine == "conda" else None,
        )
        return Relaxation(change=made, says=_said(made, best), plan=best) if made != Change() else None
    return None


def _bases(sieve: Sieve, request: Request, machine: Machine) -> Iterator[Base]:
    unmet = unmet_wishes(request, sieve.target, machine)
    dropped = Change(drop=tuple(text_of(each) for each in unmet))
    kept = without(request, unmet)
    fetching = structs.replace(kept, fetch_python=True)
    yield dropped, kept, machine
    if machine.pythons is not None and not request.fetch_python:
        yield dropped, fetching, machine
    if request.engine == "auto" and _has_conda(sieve):
        yield dropped, structs.replace(fetching, engine="conda"), machine
    if request.sources == "index":
        yield structs.replace(dropped, sources="all"), structs.replace(fetching, sources="all"), machine
    if sieve.target.accelerator == "cuda":
        plain, components = without_cuda(fetching)
        yield Change(accelerator="cpu", drop=(*dropped.drop, *components)), plain, machine


def _has_conda(sieve: Sieve) -> bool:
    """Tells whether some framework takes libraries from conda on this system."""
    bundles = (bundle for framework in sieve.catalogue.frameworks for bundle in framework.bundles if bundle.os == sieve.target.os)
    return any(name in CONDA_LIBRARIES for bundle in bundles for name, _ in bundle.libraries)


def _is_pin(wish: Wish, sieve: Sieve, asked: tuple[str, ...]) -> bool:
    tied = wish.index and place_at(wish.index, sieve.catalogue.frameworks)
    if (wish.url and not wish.specifier) or not (wish.specifier or tied or _cuda_extras(wish, sieve)):
        return False
    return wish.name in ("python", "cuda", "cudnn") if wish.is_component else sieve.canonical(wish.name) in asked


def _cuda_extras(wish: Wish, sieve: Sieve) -> tuple[str, ...]:
    return brings_cuda(wish, sieve.catalogue.framework(wish.name))


def _loosened_least(base: Request, machine: Machine, pinned: list[Wish], plan: Planner) -> tuple[Plan, list[Wish]] | None:
    """Loosens every pin, then puts back one after the other as long as a stack remains: what stays loose is what must change."""
    # A build's label, or the place that a file ties it to, is less than a version: let go first, where that is enough.
    labelled = [wish for wish in pinned if _public(wish) != wish]
    if labelled and isinstance(best := plan(_loosened(base, {id(wish) for wish in labelled}, _public), machine), Plan):
        best, loose = _put_back(base, machine, labelled, (best, {id(wish) for wish in labelled}), plan, _public)
        return best, [wish for wish in labelled if id(wish) in loose]
    loose = {id(wish) for wish in pinned}
    best = plan(_loosened(base, loose), machine)
    if not isinstance(best, Plan):
        return None
    found = _put_back(base, machine, [each for each in pinned if not each.is_component], (best, loose), plan)
    # A pin of CUDA or cuDNN was meant for the framework's release: where that one must change, its own CUDA and cuDNN are taken.
    changed = any(id(each) in found[1] for each in pinned if not each.is_component)
    stay = [each for each in pinned if each.is_component and not (changed and each.name in ("cuda", "cudnn"))]
    best, loose = _put_back(base, machine, stay, found, plan)
    return best, [wish for wish in pinned if id(wish) in loose]


def _put_back(
    base: Request, machine: Machine, pins: list[Wish], found: tuple[Plan, set[int]], plan: Planner, loosened: Callable[[Wish], Wish] | None = None
) -> tuple[Plan, set[int]]:
    """Puts back one pin after the other as long as a stack remains; where that goes well twice as many at once, since most pins of a file may stay."""
    position, size = 0, len(pins)
    while position < len(pins):
        fewer = found[1] - {id(each) for each in pins[position : position + size]}
        answer = plan(_loosened(base, fewer, loosened or _free), machine)
        if isinstance(answer, Plan):
            found = answer, fewer
        if isinstance(answer, Plan) or size == 1:
            position, size = position + size, 2 * size if isinstance(answer, Plan) else 1
        else:
            size = 1
    return found


def _free(wish: Wish) -> Wish:
    return structs.replace(wish, specifier="", extras=(), url="", index="", text=wish.name)


def _public(wish: Wish) -> Wish:
    """The same release without its label, from wherever it lies: `torch==2.7.0` for `torch==2.7.0+cu118`."""
    public = ",".join(clause.split("+")[0] for clause in wish.specifier.split(","))
    if wish.is_component or (public == wish.specifier and not wish.url and not wish.index):
        return wish
    return structs.replace(wish, specifier=public, url="", index="", text=f"{wish.name}{public}")


def _loosened(request: Request, loose: set[int], loosened: Callable[[Wish], Wish] = _free) -> Request:
    wishes = (loosened(wish) if id(wish) in loose else wish for wish in request.wishes if not (wish.is_component and id(wish) in loose))
    return structs.replace(request, wishes=tuple(wishes))


def _instead(wish: Wish, plan: Plan, planned_as: str) -> str:
    """Gives the requirement that the plan satisfies in a wish's place."""
    if wish.name == "python":
        return f"python=={plan.python}"
    if wish.name == "cuda":
        return f"cuda=={plan.cuda.version}" if plan.cuda else "cuda"
    if wish.name == "cudnn":
        return f"cudnn=={plan.cudnn}" if plan.cudnn else "cudnn"
    package = plan.package(planned_as)
    if package is None:
        return text_of(wish)
    if not wish.url and "+" not in wish.specifier and matches_prefix(package.version, wish.specifier):
        return f"{planned_as}{wish.specifier}" if wish.extras else text_of(wish)
    return f"{planned_as}=={package.version}"


def _said(change: Change, plan: Plan) -> str:
    """Says everything that the change holds."""
    said = [each for each in change.require if not each.startswith("python==")]
    if change.python or any(each.startswith("python==") for each in change.require):
        said.append(f"Python {plan.python}")
    if change.os:
        said.append("WSL2")
    if change.sources:
        said.append(say("what the frameworks publish on their own indexes"))
    if change.engine:
        said.append(say("CUDA from conda"))
    found = say("with {changed}", changed=", ".join(said)) if said else ""
    if change.drop:
        found = ", ".join(filter(None, (found, say("without {wish}", wish=", ".join(change.drop)))))
    return ", ".join(filter(None, (found, say("without the GPU") if change.accelerator == "cpu" else "")))
