"""Plans for several machines: one stack where one serves all, else the fewest; on several platforms the same releases where all of them have builds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Finding, Plan, Reason, Refusal
from drivetrain.model.plans import PlanFor, Plans
from drivetrain.model.request import Request
from drivetrain.words import say
from drivetrain.workflows.parties import Member, Party, named, pinned, platform, platform_of
from drivetrain.workflows.planning import Settings, facts_for, planned
from drivetrain.workflows.together import agreed, as_agreed

Made = Callable[[PlanFor, Request, Machine], None]
"""Is told of each plan: with the request that it answers, and the machine that stands for those that it is for."""


def plans_for(members: tuple[Member, ...], settings: Settings, *, each_its_own: bool = False, refresh: bool = False, made: Made | None = None) -> Plans:
    """Gives the plans; `each_its_own`: a plan for every member (targets of a project), all the same of the same releases; `made` is told of each."""
    first = members[0]
    facts = facts_for(first.request, first.machine, here=first.here, settings=settings, refresh=refresh)
    members = tuple(replace(each, machine=_with_places(each, facts, settings)) for each in members)
    alone = [(each, _solved(each.request, each.machine, facts)) for each in members]
    served = tuple((each, plan) for each, plan in alone if isinstance(plan, Plan))
    refused = tuple(each for each, plan in alone if isinstance(plan, Refusal))
    parties, fewest, apart = _alone(served) if each_its_own else _grouped(served, facts)
    pins: dict[str, str] = {}
    if len({platform(each.machine) for each in parties}) > 1 or (each_its_own and len(parties) > 1):
        pins, said = agreed(parties, facts)
        apart = (*apart, *said)
    rows = [row for each in parties for row in _rows(each, pins, facts, settings, made)]
    rows += [_row((each,), each.machine, planned(each.request, each.machine, facts, here=each.here, settings=settings)) for each in refused]
    order = {each.name: position for position, each in enumerate(members)}
    rows.sort(key=lambda row: min(order[name] for name in row.machines))
    return Plans(plans=tuple(rows), agreed=FrozenMap(same_everywhere(rows)), apart=apart, fewest=fewest)


def same_everywhere(rows: list[PlanFor]) -> dict[str, str]:
    """Gives the requested distributions that every plan that has them has in one release, and Python, CUDA and cuDNN where they are the same."""
    plans = [row.plan for row in rows if isinstance(row.plan, Plan)]
    names = dict.fromkeys(each.name for plan in plans for each in plan.packages if each.requested)
    found = {name: {each.version for plan in plans if (each := plan.package(name))} for name in names}
    found["python"] = {each.python for each in plans}
    found["cuda"] = {each.cuda.version if each.cuda else "" for each in plans}
    found["cudnn"] = {each.cudnn or "" for each in plans}
    return {name: next(iter(versions)) for name, versions in found.items() if len(versions) == 1 and "" not in versions and len(plans) > 1}


def _with_places(member: Member, facts: Catalogue, settings: Settings) -> Machine:
    from drivetrain.workflows.cache import cache_folder
    from drivetrain.workflows.planning import with_places

    cache = cache_folder(settings.cache_dir)
    return with_places(member.request, member.machine, facts.frameworks, cache, here=member.here, offline=settings.offline)


def _solved(request: Request, machine: Machine, facts: Catalogue) -> Plan | Refusal:
    from drivetrain.solve import solve

    return solve(request, machine, facts, relaxations=False)


def _alone(served: tuple[tuple[Member, Plan], ...]) -> tuple[tuple[Party, ...], None, tuple[Reason, ...]]:
    return tuple(Party(members=(each,), machine=each.machine, request=each.request, plan=plan) for each, plan in served), None, ()


def _grouped(served: tuple[tuple[Member, Plan], ...], facts: Catalogue) -> tuple[tuple[Party, ...], bool, tuple[Reason, ...]]:
    """Gives the fewest parties of each platform, whether there are provably no fewer, and what keeps them apart."""
    parties: list[Party] = []
    apart: list[Reason] = []
    proven = True
    for place in dict.fromkeys(platform(each.machine) for each, _ in served):
        here = _Platform(tuple((each, plan) for each, plan in served if platform(each.machine) == place), facts)
        mine, sure = here.parties()
        parties += mine
        proven = proven and sure
        apart += [reason for one, other in pairwise(mine) if (reason := here.between(one, other))]
        apart += [reason for each in mine if (reason := here.given_way(each))]
    apart += _by_platform(parties)
    return tuple(parties), proven, tuple(apart)


def _by_platform(parties: list[Party]) -> list[Reason]:
    """Says that wheels part the platforms, and which machines are of which."""
    places: dict[tuple[str, str], list[Member]] = {}
    for each in parties:
        places.setdefault(platform(each.machine), []).extend(each.members)
    if len(places) < 2:
        return []
    names = say("; ").join(f"{'-'.join(place)}: {named(members)}" for place, members in places.items())
    says = say("each wheel is for one platform, so each platform has its own plan ({names})", names=names)
    return [Reason(cause="platform-without-build", about=say("platforms"), says=says)]


_SHOWN = 3
"""Machines that are named before the others are counted."""


@dataclass(frozen=True)
class _Kind:
    """Machines between which no relation can tell."""

    plan: Plan
    """What each of them would have alone."""
    newest: Mapping[str, date]
    members: list[Member]


class _Platform:
    """The machines of one operating system and architecture; those between which no relation can tell count as one."""

    def __init__(self, served: tuple[tuple[Member, Plan], ...], facts: Catalogue) -> None:
        from drivetrain.solve.joined import same_to_a_plan
        from drivetrain.solve.yardstick import newest_dates

        self.facts = facts
        self.order = [member for member, _ in served]
        kinds: dict[object, _Kind] = {}
        for member, plan in served:
            key = (member.request, same_to_a_plan(member.request, member.machine, facts.frameworks))
            kinds.setdefault(key, _Kind(plan=plan, newest=newest_dates(plan, facts), members=[])).members.append(member)
        # Those whose newest releases are the oldest come first.
        self.kinds = sorted(kinds.values(), key=lambda kind: sum(each.toordinal() for each in kind.newest.values()))
        self._plan = lru_cache(maxsize=None)(self._planned)

    def parties(self) -> tuple[list[Party], bool]:
        """Gives the fewest parties, of least total age."""
        from drivetrain.solve.grouping import fewest_groups

        found = fewest_groups(len(self.kinds), self._age)
        return [self._party(each) for each in found.groups], found.proven

    def given_way(self, party: Party) -> Reason | None:
        """Says what the machines of a party could have alone that they have not together."""
        rows = []
        for kind in self.kinds:
            if kind.members[0] in party.members:
                older = [each for each in kind.plan.packages if each.requested and (mine := party.plan.package(each.name)) and mine.version != each.version]
                rows += (
                    [say("{machines} {releases}", machines=named(kind.members), releases=say(", ").join(f"{each.name} {each.version}" for each in older))]
                    if older
                    else []
                )
        if not rows:
            return None
        text = say("; ").join(rows[:_SHOWN]) + (say(" and {count} more", count=len(rows) - _SHOWN) if len(rows) > _SHOWN else "")
        says = say("one stack for {machines}; alone it could be: {rows}", machines=named(party.members), rows=text)
        return Reason(cause="targets-planned-together", about=named(party.members), says=says)

    def between(self, one: Party, other: Party) -> Reason | None:
        """Says what keeps two parties from one stack."""
        request, machine = self._joined((*one.members, *other.members))
        answer = _solved(request, machine, self.facts)
        if isinstance(answer, Plan) or not answer.refusal:
            return None
        first = answer.refusal[0]
        if not _pythons(machine, request):
            rows = say("; ").join(say("{machine} has {pythons}", machine=each.name, pythons=_listed(each)) for each in (one.members[0], other.members[0]))
            says = say("they have no Python in common ({rows}); --fetch-python downloads one", rows=rows)
            first = replace(first, says=says)
        says = say("{one} and {other} have no common stack: {why}", one=named(one.members), other=named(other.members), why=first.says)
        return replace(first, about=f"{named(one.members)} | {named(other.members)}", says=says, because=(*first.because, *answer.refusal[1:]))

    def _joined(self, members: tuple[Member, ...]) -> tuple[Request, Machine]:
        from drivetrain.solve.joined import joined

        return joined(members[0].request, tuple(each.machine for each in members), self.facts.frameworks)

    def _planned(self, kinds: frozenset[int]) -> Plan | None:
        from drivetrain.solve import best_plan

        members = tuple(self.kinds[kind].members[0] for kind in sorted(kinds))
        if len(members) == 1:
            return self.kinds[min(kinds)].plan
        return best_plan(*self._joined(members), self.facts) if len({each.request for each in members}) == 1 else None

    def _age(self, kinds: frozenset[int]) -> int | None:
        """Gives the days that all machines of a set are behind their own newest releases."""
        from drivetrain.solve.yardstick import behind

        plan = self._plan(kinds)
        if plan is None:
            return None
        return sum(behind(plan, self.kinds[kind].newest, self.facts) * len(self.kinds[kind].members) for kind in kinds)

    def _party(self, kinds: frozenset[int]) -> Party:
        members = tuple(sorted((each for kind in kinds for each in self.kinds[kind].members), key=self.order.index))
        request, machine = self._joined(tuple(self.kinds[kind].members[0] for kind in sorted(kinds)))
        plan = self._plan(kinds)
        assert plan is not None
        return Party(members=members, machine=machine, request=request, plan=plan)


def _pythons(machine: Machine, request: Request) -> bool:
    """Tells whether any Python may be chosen there."""
    return machine.pythons is None or bool(machine.pythons) or request.fetch_python


def _listed(member: Member) -> str:
    found = dict.fromkeys(".".join(each.version.split(".")[:2]) for each in member.machine.pythons or ())
    return say(", ").join(found) or say("none")


def _rows(party: Party, pins: Mapping[str, str], facts: Catalogue, settings: Settings, made: Made | None) -> list[PlanFor]:
    """Gives the party's plan, resolved with the rest of the request; each member's own where they cannot be resolved together."""
    request = replace(party.request, constraints=(*party.request.constraints, *pinned(party, pins)))
    only = party.members[0] if len(party.members) == 1 else None
    answer = planned(request, party.machine, facts, here=only.here if only else False, settings=settings)
    if only is None and isinstance(answer, Refusal):
        return [_row((each,), each.machine, planned(each.request, each.machine, facts, here=each.here, settings=settings)) for each in party.members]
    if isinstance(answer, Plan) and pins:
        answer = as_agreed(answer, party, pins, facts)
    if isinstance(answer, Plan) and only is None:
        answer = _with_findings(answer, party, facts)
    row = _row(party.members, party.machine, answer)
    if made is not None:
        made(row, request, party.machine)
    return [row]


def _with_findings(plan: Plan, party: Party, facts: Catalogue) -> Plan:
    """Says of each machine what is said of it when it is planned for alone; the machine that stands for all of them is nobody's."""
    from drivetrain.solve.aim import findings_of, target_of

    whole = {each.cause for each in findings_of(target_of(party.request, party.machine, facts.frameworks), party.machine)}
    own = []
    for each in party.members:
        target = target_of(each.request, each.machine, facts.frameworks)
        found = findings_of(target, each.machine)
        own += [replace(finding, says=f"{each.name}: {finding.says}") for finding in found]
        if target.accelerator == "cpu" and plan.accelerator == "cuda" and not found:
            own.append(Finding(cause="cuda-build-on-cpu", says=say("{machine}: this stack brings CUDA libraries that it cannot use", machine=each.name)))
    return replace(plan, findings=(*own, *(each for each in plan.findings if each.cause not in whole)))


def _row(members: tuple[Member, ...], machine: Machine, plan: Plan | Refusal) -> PlanFor:
    names = tuple(dict.fromkeys(each.name or each.url for each in members[0].request.wishes if not each.is_component))
    return PlanFor(names=names, machines=tuple(each.name for each in members), plan=plan, platform=platform_of(machine))
