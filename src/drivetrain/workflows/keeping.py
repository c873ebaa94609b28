"""Plans a request again so that as little as possible changes of what is installed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from time import monotonic

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.families import family_of, is_cuda_library
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.lock import Lock
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.request import Request, Wish
from drivetrain.words import say
from drivetrain.workflows.resolving import Bench, resolved, with_locked

MOST_SETS = 20
"""Sets of frameworks that are tried with their releases kept, the largest first."""
MOST_SECONDS = 10.0
"""How long sets are tried; then the request is planned as if nothing were installed."""


class Nearest(Struct, frozen=True, kw_only=True):
    """The plan that keeps most, its lock where one could be made, and the versions that it was bound to."""

    plan: Plan | Refusal
    lock: Lock | None = None
    kept: tuple[Wish, ...] = ()
    cut_short: bool = False
    """Whether time ran out before every set of kept releases was tried: one may keep more."""


def nearest(request: Request, environment: Environment, failing: frozenset[str], bench: Bench, *, locked: bool = True) -> Nearest:
    """Gives the plan that changes least: first with everything kept but what fails, then with other builds of the same releases, then with fewer of them.

    Raises what a lock raises; what uv cannot resolve is passed over for the next. `locked=False`: uv is not asked, where no index can be reached.
    """
    from drivetrain.solve import best_plan

    tried: set[tuple[str, ...]] = set()
    end, cut_short = monotonic() + MOST_SECONDS, False
    for names in kept_sets(environment, failing, bench.facts):
        kept = _pins(environment, names)
        key = tuple(each.text for each in kept)
        if key in tried:
            continue
        if cut_short := monotonic() > end:
            break
        tried.add(key)
        bound = replace(request, constraints=(*request.constraints, *kept))
        plan = best_plan(bound, bench.machine, bench.facts)
        if plan is None or plan.engine != "pip":
            continue
        if not locked:
            return Nearest(plan=plan, kept=kept)
        if isinstance(lock := bench.lock(plan, bound), Lock):
            return Nearest(plan=with_locked(plan, lock), lock=lock, kept=kept)
    if not locked:
        return Nearest(plan=bench.plan(request), cut_short=cut_short)
    found = resolved(request, bench, bench.plan(request))
    return Nearest(plan=found.plan, lock=found.lock, cut_short=cut_short)


def kept_sets(environment: Environment, failing: frozenset[str], facts: Catalogue) -> Iterator[frozenset[str]]:
    """Gives which distributions keep their version, from all but the failing ones to none; with them the Python stays, named "python"."""
    every = frozenset(each.name for each in environment.installed if not each.url)
    frameworks = [each.name for each in environment.installed if facts.framework(each.name) or facts.framework_of_companion(each.name)]
    others = every - set(frameworks) - _followers(environment, frozenset(frameworks))
    yield (every - failing) | {"python"}
    count = 0
    for size in range(len(frameworks), -1, -1):
        # Of as many, those first that nothing is wrong with.
        for kept in sorted(combinations(frameworks, size), key=lambda kept: sum(each in failing for each in kept)):
            for rest in (others - failing, frozenset[str]()):
                yield frozenset(kept) | rest | {"python"}
            count += 1
            if count >= MOST_SETS:
                break
        if count >= MOST_SETS:
            break
    yield frozenset({"python"})


def _followers(environment: Environment, frameworks: frozenset[str]) -> frozenset[str]:
    """Gives what hangs on a framework's release or on its CUDA: CUDA's libraries, and what a framework pins (triton, jaxlib)."""
    from drivetrain.formats.requirements import readable_wishes

    pinned = {
        wish.name
        for each in environment.installed
        if each.name in frameworks
        for _, wish in readable_wishes(each.requires)
        if any(sign in wish.specifier for sign in ("==", "<=", "~="))
    }
    return frozenset({*pinned, *(each.name for each in environment.installed if is_cuda_library(each.name) or family_of(each.name, each.version))})


def _pins(environment: Environment, names: frozenset[str]) -> tuple[Wish, ...]:
    from drivetrain.formats.requirements import readable_wishes, wish_of

    origin = say("what is installed")
    # A version that cannot be ordered ("1.0-custom-build") cannot be asked for either.
    stated = (f"{each.name}=={_public(each)}" for each in environment.installed if each.name in names and each.version)
    pins = [wish for _, wish in readable_wishes(stated, origin)]
    if "python" in names and environment.python:
        pins.append(wish_of(f"python=={'.'.join(environment.python.split('.')[:2])}", origin=origin))
    return tuple(pins)


def _public(installed: Installed) -> str:
    """Another build of the same release may take its place: "2.10.0" for "2.10.0+cu128"."""
    return installed.version.partition("+")[0]
