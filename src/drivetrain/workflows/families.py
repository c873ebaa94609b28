"""Plans an environment for each CUDA family: every framework as new as it can be, those of one family together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Reason, Refusal
from drivetrain.model.plans import PlanFor, Plans
from drivetrain.model.request import Request, Wish
from drivetrain.words import say
from drivetrain.workflows.cache import cache_folder
from drivetrain.workflows.parties import platform_of
from drivetrain.workflows.planning import Settings, facts_for, planned, with_places
from drivetrain.workflows.prefixes import DEFAULT

Made = Callable[[PlanFor, Request, Machine], None]
"""Is told of each plan, with its request and machine."""


class _Sorted(Struct, frozen=True, kw_only=True):
    """The wishes by the CUDA family of their newest release alone; those of no family (plain libraries) go into every environment."""

    families: dict[int | None, tuple[Wish, ...]]
    everywhere: tuple[Wish, ...]


def plans_by_family(request: Request, machine: Machine, *, name: str, here: bool, settings: Settings, refresh: bool = False, made: Made | None = None) -> Plans:
    """Gives one environment for each CUDA family that the newest releases are built for; one alone where they share one."""
    request = replace(request, family="one")
    facts = facts_for(request, machine, here=here, settings=settings, refresh=refresh)
    cache = cache_folder(settings.cache_dir)
    placed = with_places(request, machine, facts.frameworks, cache, here=here, offline=settings.offline)
    sorted_ = _sorted(request, placed, facts)
    environments = [(family, wishes) for family, wishes in sorted_.families.items()] or [(None, ())]
    rows: list[PlanFor] = []
    for family, wishes in environments:
        rows += _rows(request, wishes, sorted_.everywhere, family, _Aim(machine=machine, name=name, here=here, settings=settings, facts=facts, made=made))
    if len(rows) == 1:
        rows = [replace(rows[0], prefix="")]
    return Plans(plans=tuple(rows), agreed=FrozenMap({}), apart=_apart(sorted_, request, placed, facts))


def _sorted(request: Request, machine: Machine, facts: Catalogue) -> _Sorted:
    from drivetrain.solve import solve

    components = tuple(each for each in request.wishes if each.is_component)
    families: dict[int | None, tuple[Wish, ...]] = {}
    everywhere: list[Wish] = []
    of_framework: dict[str, int | None] = {}
    for wish in request.wishes:
        if wish.is_component or not _has_builds(wish, facts):
            everywhere.append(wish)
            continue
        framework = facts.framework(wish.name) or facts.framework_of_companion(wish.name)
        alone = solve(replace(request, wishes=(*components, wish)), machine, facts, relaxations=False)
        family = alone.cuda.family if isinstance(alone, Plan) and alone.cuda else None
        # A companion goes where its framework is.
        family = of_framework.setdefault(framework.name if framework else wish.name, family)
        families[family] = (*families.get(family, ()), wish)
    return _Sorted(families=families, everywhere=tuple(everywhere))


def _has_builds(wish: Wish, facts: Catalogue) -> bool:
    """Tells a framework, or a companion of one, from a plain library."""
    return not wish.url and (facts.framework(wish.name) is not None or facts.framework_of_companion(wish.name) is not None)


@dataclass(frozen=True, kw_only=True)
class _Aim:
    """The machine, and how it is planned for."""

    machine: Machine
    name: str
    here: bool
    settings: Settings
    facts: Catalogue
    made: Made | None = None

    def row(self, request: Request, wishes: tuple[Wish, ...], everywhere: tuple[Wish, ...], prefix: str) -> PlanFor:
        asked = replace(request, wishes=(*wishes, *everywhere))
        names = tuple(each.text or each.name for each in asked.wishes if not each.is_component)
        plan = planned(asked, self.machine, self.facts, here=self.here, settings=self.settings)
        row = PlanFor(names=names, machines=(self.name,) if self.name else (), plan=plan, prefix=prefix, platform=platform_of(self.machine))
        if self.made is not None:
            self.made(row, asked, self.machine)
        return row


def _rows(request: Request, wishes: tuple[Wish, ...], everywhere: tuple[Wish, ...], family: int | None, aim: _Aim) -> list[PlanFor]:
    """Gives the family's environment; one for each framework of it where they have no common stack."""
    place = f"{DEFAULT}-cu{family}" if family else f"{DEFAULT}-cpu"
    row = aim.row(request, wishes, everywhere, place)
    if isinstance(row.plan, Plan) or len(wishes) < 2:
        return [row]
    return [aim.row(request, (each,), everywhere, f"{place}-{each.name}") for each in wishes]


def _apart(found: _Sorted, request: Request, machine: Machine, facts: Catalogue) -> tuple[Reason, ...]:
    """Says which family each framework's newest release is built for, and what one environment for all would cost."""
    from drivetrain.solve import solve

    if len(found.families) < 2:
        return ()
    rows = say("; ").join(
        say("CUDA {family}: {names}", family=family, names=say(", ").join(each.name for each in wishes))
        if family
        else say("no CUDA: {names}", names=say(", ").join(each.name for each in wishes))
        for family, wishes in found.families.items()
    )
    said = [
        Reason(cause="cuda-wheel-majors-mixed", about=say("environments"), says=say("the newest releases are built for different CUDA ({rows})", rows=rows))
    ]
    whole = solve(request, machine, facts, relaxations=False)
    if isinstance(whole, Refusal):
        says = say("they have no stack in one environment")
    else:
        older = say(", ").join(say("{name} {days} days", name=name, days=days) for name, days in whole.age_days.items() if days)
        versions = say(", ").join(f"{each.name} {each.version}" for each in whole.packages if each.requested)
        says = (
            say("one environment for all would hold {versions}; older than alone: {older}", versions=versions, older=older)
            if older
            else say("one environment for all would hold {versions}", versions=versions)
        )
    return (*said, Reason(cause="cuda-wheel-majors-mixed", about=say("one environment"), says=says))
