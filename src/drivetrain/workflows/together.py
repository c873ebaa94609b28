"""Plans of several platforms that are checked together: the same releases on all of them, at the least total age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.model.documents import FrozenMap
from drivetrain.model.plan import Plan, Reason
from drivetrain.words import say
from drivetrain.workflows.parties import Party, named, pinned

if TYPE_CHECKING:
    from drivetrain.solve.agreement import Party as Side


def agreed(parties: tuple[Party, ...], facts: Catalogue) -> tuple[dict[str, str], tuple[Reason, ...]]:
    """Gives the releases that are the same everywhere, and says what that costs and on what there is no agreement."""
    from drivetrain.solve.agreement import agreement

    found = agreement(tuple(_side(each, facts) for each in parties))
    said = [reason for name, version in found.pins.items() if (reason := _cost(name, version, parties))]
    for name in found.apart:
        rows = say("; ").join(f"{named(each.members)} {package.version}" for each in parties if (package := each.plan.package(name)))
        says = (
            say("{name} is not of one release everywhere, since none serves all of them: {rows}", name=name, rows=rows)
            if found.proven
            else say("{name} is not of one release everywhere, since none that serves all of them was found in time: {rows}", name=name, rows=rows)
        )
        said.append(Reason(cause="targets-planned-together", about=name, says=says))
    return found.pins, tuple(said)


def as_agreed(plan: Plan, party: Party, pins: Mapping[str, str], facts: Catalogue) -> Plan:
    """Gives the plan with its ages counted from what it could be alone, and one reason for each release that gave way to the others."""
    from drivetrain.solve.yardstick import days_behind, newest_dates

    newest = newest_dates(party.plan, facts)
    ages = {each.name: days_behind(each.name, each.version, newest[each.name], facts) for each in plan.packages if each.name in newest}
    held = {name for name, version in pins.items() if (mine := party.plan.package(name)) and mine.version != version}
    reasons = [each for each in plan.reasons if each.cause != "constraint-of-configuration" or each.about not in pins]
    for name in held:
        mine = party.plan.package(name)
        says = say("left out: {version} is the release that all targets have a build of", version=pins[name])
        reasons.append(Reason(cause="targets-planned-together", about=name, version=mine.version if mine else None, says=says))
    return replace(plan, age_days=FrozenMap({**plan.age_days, **ages}), reasons=tuple(reasons))


def _cost(name: str, version: str, parties: tuple[Party, ...]) -> Reason | None:
    """Says who could have another release alone."""
    others = [f"{named(each.members)} {package.version}" for each in parties if (package := each.plan.package(name)) and package.version != version]
    if not others:
        return None
    says = say("{name} {version} on all of them; alone it would be: {others}", name=name, version=version, others=say(", ").join(others))
    return Reason(cause="targets-planned-together", about=name, version=version, says=says)


def _side(party: Party, facts: Catalogue) -> Side:
    from drivetrain.solve import best_plan
    from drivetrain.solve.agreement import Party as Side
    from drivetrain.solve.aim import target_of
    from drivetrain.solve.candidates import Sieve
    from drivetrain.solve.yardstick import days_behind, newest_dates

    newest = newest_dates(party.plan, facts)
    sieve = Sieve(party.request, target_of(party.request, party.machine, facts.frameworks), facts)

    # Where wheels serve it, the search is among wheels: that conda has a stack for some set of releases would not be taken.
    engine = "pip" if party.plan.engine == "pip" and party.request.engine == "auto" else party.request.engine

    def plan(pins: Mapping[str, str]) -> Plan | None:
        request = replace(party.request, engine=engine, constraints=(*party.request.constraints, *pinned(party, pins)))
        return best_plan(request, party.machine, facts)

    def age(name: str, version: str) -> int:
        return days_behind(name, version, newest[name], facts)

    versions = {name: frozenset(each.build.version for each in sieve.field(name).candidates) for name in newest}
    leaders = {name: leader.distribution for name in newest if (leader := facts.framework_of_companion(name)) is not None}
    return Side(plan=plan, age=age, versions=versions, follows=leaders)
