"""Finds a plan that uv can lock together with the rest of the request: a release that uv names is ruled out, and the next best stack taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.formats.toml_tree import table_of
from drivetrain.model.lock import Clash, Lock
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Change, Package, Plan, Reason, Refusal, Relaxation
from drivetrain.model.request import Request
from drivetrain.report.typed import requirement_name
from drivetrain.words import say
from drivetrain.workflows.named import named, plan_named
from drivetrain.workflows.stumbling import explained, reasons_of, stumbling_blocks

if TYPE_CHECKING:
    from drivetrain.install import EngineSettings

ATTEMPTS = 20
WAYS_OUT = 4
"""Relaxations that are tried with uv: each costs about a second."""


class Resolved(Struct, frozen=True, kw_only=True):
    """A plan and its lock, or the refusal."""

    plan: Plan | Refusal
    lock: Lock | None = None


class Bench(Struct, frozen=True, kw_only=True):
    """What a lock is made with."""

    machine: Machine
    facts: Catalogue
    settings: EngineSettings
    interpreter: Callable[[Plan], Path | str]
    """The interpreter for a plan; its version alone where the plan is for another machine."""
    alternatives: bool = False
    """Whether the plan that comes out is to bear every other stack worth naming, as `solve` understands it."""
    why: str | None = None
    """What the plan that comes out is to tell of with the whole chain behind it, as `solve` understands it."""

    def plan(self, request: Request, *, relaxations: bool = True) -> Plan | Refusal:
        from drivetrain.solve import solve

        return solve(request, self.machine, self.facts, relaxations=relaxations)

    def next_plan(self, request: Request) -> Plan | Refusal:
        """Gives the next best stack, told of as the first one was; the ways out of a refusal are nothing that anybody would see."""
        from drivetrain.solve import solve

        return solve(request, self.machine, self.facts, relaxations=self.alternatives, alternatives=self.alternatives, why=self.why)

    def lock(self, plan: Plan, request: Request) -> Lock | Clash:
        from drivetrain.install import lock

        return lock(plan, request, self.machine, self.interpreter(plan), self.settings)


def resolved(request: Request, bench: Bench, first: Plan | Refusal) -> Resolved:
    """Gives the best plan that uv can lock, beginning with `first`, or the refusal."""
    answer = first
    clashed: tuple[Plan, Clash] | None = None
    told: tuple[Reason, ...] = ()
    for _ in range(ATTEMPTS):
        if isinstance(answer, Refusal):
            break
        locked = bench.lock(answer, request)
        if isinstance(locked, Lock):
            plan = _telling(answer, told)
            return Resolved(plan=with_locked(plan_named(plan, request, named(request, locked)), locked), lock=locked)
        clashed = clashed or (answer, locked)
        stones = stumbling_blocks(answer, locked, request, bench.facts)
        if not stones:
            break
        told = (*told, *reasons_of(stones, locked))
        request = replace(request, ruled_out=(*request.ruled_out, *stones))
        answer = bench.next_plan(request)
    if clashed is None:
        return Resolved(plan=answer)
    return Resolved(plan=refusal_of(request, bench, *clashed))


def _telling(plan: Plan, told: tuple[Reason, ...]) -> Plan:
    """Adds what uv said of releases that were left out, in place of what the planner can say of them: that they were ruled out."""
    said = {(each.about, each.version) for each in told}
    return replace(plan, reasons=(*told, *(each for each in plan.reasons if (each.about, each.version) not in said))) if told else plan


def with_locked(plan: Plan, lock: Lock) -> Plan:
    """Adds the versions that uv found for what was asked for and the catalogue does not plan."""
    asked = {name: text for text in plan.requirements if plan.package(name := requirement_name(text)) is None}
    versions = {each.name: (each.version, each.bytes) for each in lock.artifacts}
    if any(name not in versions for name in asked):
        # Folders are no artifacts.
        table = table_of(lock.text, lock.path)
        versions = {each["name"]: (str(each.get("version") or ""), None) for each in table.get("packages", [])} | versions
    added = tuple(Package(name=name, version=versions[name][0], requested=True, bytes=versions[name][1]) for name in asked if name in versions)
    place = next((at for at, each in enumerate(plan.packages) if not each.requested), len(plan.packages))
    return replace(plan, packages=(*plan.packages[:place], *added, *plan.packages[place:]))


def refusal_of(request: Request, bench: Bench, plan: Plan, clash: Clash) -> Refusal:
    """Gives the refusal of a request that uv cannot resolve under any stack, with the requirements whose absence would let it."""
    request = replace(request, ruled_out=())
    says = explained(clash)
    about = next((each for each in plan.requirements if requirement_name(each) in clash.says.lower()), plan.requirements[0] if plan.requirements else "-")
    named_first = sorted(plan.requirements, key=lambda each: requirement_name(each) not in clash.says.lower())[:WAYS_OUT]
    ways = [way for text in named_first if isinstance(way := _without(request, bench, (text,)), Relaxation)]
    if not ways and named_first:
        ways = _without_several(request, bench, plan, named_first[0])
    reason = does_not_exist(says, plan, bench.facts) or Reason(
        cause="dependency-pin-conflict", about=about, says=say("uv finds no versions that fit together: {says}", says=says)
    )
    return Refusal(refusal=(reason,), relaxations=tuple(ways))


def _without(request: Request, bench: Bench, texts: tuple[str, ...]) -> Relaxation | Clash | None:
    """Gives the way out that leaves these requirements out, or what uv says of the rest; None where nothing is left, or nothing can be planned."""
    fewer = replace(request, wishes=tuple(each for each in request.wishes if (each.text or each.name) not in texts))
    answer = bench.plan(fewer, relaxations=False) if any(not each.is_component for each in fewer.wishes) else None
    if not isinstance(answer, Plan):
        return None
    locked = bench.lock(answer, fewer)
    if isinstance(locked, Clash):
        return locked
    return Relaxation(change=Change(drop=texts), says=say("without {requirement}", requirement=", ".join(texts)), plan=answer)


def _without_several(request: Request, bench: Bench, plan: Plan, first: str) -> list[Relaxation]:
    """Leaves out one after the other what uv names: a freeze of a distribution's Python contradicts itself more than once."""
    texts = [first]
    for _ in range(WAYS_OUT):
        found = _without(request, bench, tuple(texts))
        if isinstance(found, Relaxation):
            return [found]
        following = next((each for each in plan.requirements if each not in texts and _is_named(each, found.says)), None) if found else None
        if following is None:
            break
        texts.append(following)
    return []


_NO_SUCH_NAME = re.compile(r"Because (\S+) was not found in (?!the cache)")
_NO_SUCH_VERSION = re.compile(r"Because (?:there is no version of (\S+?)(?: and you|$)|only (.+?) is available and you require (\S+?),? )")


def _is_named(requirement: str, says: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(requirement_name(requirement))}(?![\w-])", says, re.IGNORECASE) is not None


def does_not_exist(says: str, plan: Plan, facts: Catalogue) -> Reason | None:
    """Gives the reason in plain words where what was asked for by name, or the version of it, is nowhere on the indexes; None for any other clash."""
    asked = {requirement_name(each): each for each in plan.requirements}
    found, version = _NO_SUCH_NAME.match(says), _NO_SUCH_VERSION.match(says)
    if found and found[1] in asked:
        text = say("{name} is on none of the package indexes", name=found[1])
        close = get_close_matches(found[1], _names(facts), n=3, cutoff=0.7)
        text = say("{text}: the nearest names are {names}", text=text, names=", ".join(close)) if close else text
        return Reason(cause="requested-version-does-not-exist", about=asked[found[1]], says=text)
    name = requirement_name(version[1] or version[3]) if version else ""
    if version is None or name not in asked:
        return None
    text = say("{requirement} does not exist on the package indexes", requirement=asked[name])
    text = say("{text}: there is {available}", text=text, available=version[2]) if version[2] else text
    return Reason(cause="requested-version-does-not-exist", about=asked[name], says=text)


def _names(facts: Catalogue) -> list[str]:
    """Every name by which something that the catalogue plans can be asked for."""
    names = [*facts.distributions]
    for framework in facts.frameworks:
        names += [framework.name, framework.distribution, *(name for name, _ in framework.renamed)]
    return list(dict.fromkeys(names))
