"""Plans: gathers the facts and the places that count, asks the planner, and gives the lines to type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.errors import IndexUnreachable
from drivetrain.model.build import Framework
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.report.typed import Typed
from drivetrain.words import say
from drivetrain.workflows.cache import cache_folder

if TYPE_CHECKING:
    from drivetrain.workflows.resolving import Bench


class Settings(Protocol):
    """What a plan needs to know of how the command was called."""

    @property
    def offline(self) -> bool: ...
    @property
    def cache_dir(self) -> str | None: ...


def plan_for(
    request: Request, machine: Machine, *, here: bool, settings: Settings, refresh: bool = False, alternatives: bool = False, why: str | None = None
) -> Plan | Refusal:
    """Gives the plan or the refusal; the network is asked only which places answer (`--sources auto`) and with `refresh`."""
    facts = facts_for(request, machine, here=here, settings=settings, refresh=refresh)
    return planned(request, machine, facts, here=here, settings=settings, alternatives=alternatives, why=why)


def facts_for(request: Request, machine: Machine, *, here: bool, settings: Settings, refresh: bool = False) -> Catalogue:
    """Gives the catalogue; with `refresh` the indexes are asked first."""
    from drivetrain.workflows.facts import catalogue_for

    cache = cache_folder(settings.cache_dir)
    if refresh and not settings.offline:
        from drivetrain.workflows.refreshing import refreshed

        refreshed(request, cache, cache_dir=settings.cache_dir)
    return catalogue_for(request, machine, cache, here=here)


def planned(
    request: Request, machine: Machine, facts: Catalogue, *, here: bool, settings: Settings, alternatives: bool = False, why: str | None = None
) -> Plan | Refusal:
    """Gives the plan or the refusal with a catalogue that was read before."""
    from drivetrain.solve import solve

    machine = with_places(request, machine, facts.frameworks, cache_folder(settings.cache_dir), here=here, offline=settings.offline)
    answer = solve(request, machine, facts, alternatives=alternatives, why=why)
    passed_on = answer.requirements if isinstance(answer, Plan) else tuple(text for way in answer.relaxations for text in way.plan.requirements)
    if not passed_on or (isinstance(answer, Plan) and answer.engine != "pip"):
        return _with_diffs(answer, request, machine, facts)
    silence = say("offline")
    if not settings.offline:
        bench = _bench(request, machine, facts, settings)
        try:
            return _with_diffs(_resolved(request, replace(bench, alternatives=alternatives, why=why), answer), request, machine, facts)
        except IndexUnreachable as error:
            # A plan is no worse for an index that is down; the lock will need it.
            silence = error.says
    if isinstance(answer, Refusal):
        return _with_diffs(answer, request, machine, facts)
    unasked = say("{names}: whether they fit was not asked ({why}), the lock will tell", names=", ".join(passed_on), why=silence)
    return replace(answer, assumptions=(*answer.assumptions, unasked))


def _with_diffs(answer: Plan | Refusal, request: Request, machine: Machine, facts: Catalogue) -> Plan | Refusal:
    if isinstance(answer, Plan) or not answer.relaxations:
        return answer
    from drivetrain.workflows.file_changes import with_diffs

    return with_diffs(answer, request, machine, facts)


def _bench(request: Request, machine: Machine, facts: Catalogue, settings: Settings) -> Bench:
    from drivetrain.workflows.engine import engine_settings
    from drivetrain.workflows.resolving import Bench

    engine = engine_settings(request, facts.frameworks, cache_dir=settings.cache_dir, offline=False)
    return Bench(machine=machine, facts=facts, settings=engine, interpreter=lambda plan: plan.python)


def _resolved(request: Request, bench: Bench, first: Plan | Refusal) -> Plan | Refusal:
    """What the catalogue does not plan goes through uv's resolver with the plan's pins; what it downloads is known then."""
    from drivetrain.workflows.resolving import resolved
    from drivetrain.workflows.ways_out import tried

    if isinstance(first, Refusal):
        return tried(first, request, bench)
    found = resolved(request, bench, first)
    if isinstance(found.plan, Refusal) or found.lock is None:
        return found.plan
    return replace(found.plan, download_bytes=found.lock.download_bytes)


def with_places(request: Request, machine: Machine, frameworks: tuple[Framework, ...], cache: Path, *, here: bool, offline: bool) -> Machine:
    """Adds the frameworks' own indexes and conda-forge where they answer from here: not on a described machine, nor on one whose file names its own."""
    from drivetrain.workflows.reach import answering, channel_of

    if request.sources != "auto" or machine.described or (not here and machine.indexes):
        return machine
    found = answering(frameworks, cache, offline=offline, channel=channel_of(machine.indexes))
    return replace(machine, indexes=(*machine.indexes, *found))


def with_commands(plan: Plan, typed: Typed, *, here: bool, saved: str | None = None) -> Plan:
    """Adds the lines that make the environment: on this machine one, for another the plan's file (`saved` where there is one) and what to type there."""
    if plan.commands:
        return plan
    if saved and plan.engine == "pip":
        return replace(plan, commands=(typed.bare("install", saved),))
    if here and plan.engine == "pip":
        return replace(plan, commands=(typed.line(typed.verb),))
    return replace(plan, commands=(typed.line("plan", "-o", "plan.json"), typed.bare("install", "plan.json")))


def with_ways(refusal: Refusal, typed: Typed, verb: str) -> Refusal:
    """Adds to each way out the lines that take it."""
    from drivetrain.report.text_refusal import way_commands

    ways = (replace(each, plan=replace(each.plan, commands=each.plan.commands or way_commands(each.change, typed, verb))) for each in refusal.relaxations)
    return replace(refusal, relaxations=tuple(ways))
