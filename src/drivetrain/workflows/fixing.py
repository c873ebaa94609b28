"""`fix`: what is wrong in an environment, its request planned again with the findings' own fixes in it, and the smallest set of changes between the two."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivetrain.errors import IndexUnreachable, PrefixError, UsageError
from drivetrain.formats.requirements import wish_of
from drivetrain.model.choice import Choice, Selection
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import Environment
from drivetrain.model.fixing import Difference, Fixing, Left, Mend
from drivetrain.model.outcome import Audit, Outcome
from drivetrain.model.plan import Edit, Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.words import say
from drivetrain.workflows.change import flags_of
from drivetrain.workflows.differing import Hand, brings_cuda, commands_for, differences, extent_of, places_of
from drivetrain.workflows.inferring import request_of_environment
from drivetrain.workflows.keeping import Nearest, nearest
from drivetrain.workflows.mending import Facts, Gathered, Job, gathered, request_with
from drivetrain.workflows.order import Order
from drivetrain.workflows.prefixes import shown
from drivetrain.workflows.resolving import Bench

if TYPE_CHECKING:
    from drivetrain.install import Owner


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """An environment, what is wrong with it, what it is for, and what is to be done about it."""

    owner: Owner
    environment: Environment
    audit: Audit
    request: Request
    found: Gathered
    facts: Facts

    @property
    def ours(self) -> bool:
        return self.owner.kind == "ours"

    @property
    def findings(self) -> tuple[Outcome, ...]:
        return counted(self.audit)

    @property
    def notes(self) -> str:
        return say("; ").join(each.says for each in self.audit.found() if each.cause == "machine-changed")


def fix(order: Order, *, apply: bool = False, unsafe: bool = False, choice: Choice | None = None) -> Fixing:
    """Gives the changes, and makes them with `apply`; the order's own request counts for nothing, the environment's is taken.

    Raises PrefixError where there is no environment, and with `apply` where it is not ours.
    """
    order = dataclasses.replace(order, choice=choice)
    case = _case(order, unsafe=unsafe)
    name = shown(order.prefix)
    if not case.findings:
        return Fixing(prefix=name, ours=case.ours, asked=_texts(case.request), says=case.notes, kept=len(case.environment.installed))
    if apply and not order.here:
        raise UsageError(say("--apply changes this machine's environment, and another machine is meant"), say("leave --machine out, or leave --apply out"))
    if apply and not case.ours:
        raise _not_ours(order, case)
    if not case.found.jobs:
        return _kept_alone(order, case, _told(case, name)) if apply else _told(case, name)
    order = dataclasses.replace(order, request=case.request, typed=replace(order.typed, requirements=_texts(case.request), flags=flags_of(case.request)))
    found, request, says = _planned(order, case)
    done = replace(_shown(order, case, found, says), asked=_texts(request))
    order.progress.finish(_course_of(done))
    if not apply:
        return done
    moves = isinstance(found.plan, Plan) and any(each.planned and each.safety == "safe" and each not in case.found.kept for each in done.edits)
    return _applied(dataclasses.replace(order, request=request), case, done, found) if moves else _kept_alone(order, case, done)


def counted(audit: Audit) -> tuple[Outcome, ...]:
    """Gives what a fix is about: errors and warnings; a note is worth knowing, with nothing to do."""
    return tuple(each for each in audit.found() if each.severity != "note")


def _case(order: Order, *, unsafe: bool = False) -> Case:
    from drivetrain.workflows.auditing import counting, judged

    seen = judged(order.prefix, order.machine, here=order.here, cache_dir=order.cache_dir)
    owner, environment, catalogue = seen.owner, seen.environment, seen.facts
    audit = counting(seen.audit, order.choice)
    request = request_of_environment(owner, environment, order.prefix, catalogue)
    replanned = frozenset(each.cause for each in seen.drift if each.state == "found" and each.severity != "note")
    facts = Facts(
        environment=environment, request=request, catalogue=catalogue, replanned=replanned,
        unsafe=unsafe, ours=owner.kind == "ours", shell=order.typed.shell,
    )  # fmt: skip
    found = gathered(counted(audit), facts)
    return Case(owner=owner, environment=environment, audit=audit, request=request, found=found, facts=facts)


def _course_of(done: Fixing) -> str:
    if isinstance(done.plan, Refusal):
        return say("planned: there is no stack")
    return say("planned: {count} distributions change", count=len(done.changes)) if done.changes else say("planned: every version stays")


def _for_wheels(request: Request, environment: Environment) -> Request:
    """An environment of wheels stays one: a plan of conda packages would be another environment."""
    return replace(request, engine="pip") if request.engine == "auto" and environment.kind != "conda" else request


def _told(case: Case, name: str) -> Fixing:
    """Gives the answer where no new environment would clear anything."""
    return Fixing(
        prefix=name,
        ours=case.ours,
        findings=case.findings,
        asked=_texts(case.request),
        edits=(*case.found.kept, *case.found.others),
        left=case.found.left,
        says=case.notes,
        kept=len(case.environment.installed),
    )


def _planned(order: Order, case: Case) -> tuple[Nearest, Request, str]:
    """Gives the nearest plan with the edits' own versions, else the one in which the planner decides, and the request that it serves.

    Without the network it is the planned part of it, and the text says so.
    """
    from drivetrain.workflows.up import bench_of

    bench = bench_of(order)
    if not order.here:
        bench = replace(bench, interpreter=lambda plan: plan.python)
    order.progress.step(say("planning the smallest change"))
    bound, free = (request_with(case.request, case.found, case.facts, bound=each) for each in (True, False))
    found, says = _nearest(case, bound, bench, order)
    if isinstance(found.plan, Refusal) and bound != free:
        found, says = _nearest(case, free, bench, order)
        return found, free, says
    return found, bound, says


def _nearest(case: Case, request: Request, bench: Bench, order: Order) -> tuple[Nearest, str]:
    freed, request = case.found.freed, _for_wheels(request, case.environment)
    try:
        return nearest(request, case.environment, freed, bench), ""
    except IndexUnreachable as error:
        order.broke(error)
        return nearest(request, case.environment, freed, bench, locked=False), say("only the planned part is shown: {why}", why=error.says)


def _shown(order: Order, case: Case, found: Nearest, says: str) -> Fixing:
    blank = replace(_told(case, shown(order.prefix)), plan=found.plan, says=says, contradictions=case.found.contradictions)
    if isinstance(found.plan, Refusal):
        return blank
    old = case.environment.python
    moved = old is not None and old.split(".")[:2] != found.plan.python.split(".")[:2]
    blank = replace(blank, says=say("; ").join(filter(None, (says, *_doubts(case, found, found.plan, moved=moved)))))
    changes = differences(case.environment, found.plan, found.lock)
    cleared = tuple(job for job in case.found.jobs if _clears(job, changes))
    idle = tuple(
        Left(
            cause=job.finding.cause,
            severity=job.finding.severity,
            about=job.finding.about,
            says=say("no other versions that fit together would change what is wrong"),
        )
        for job in case.found.jobs
        if job not in cleared
    )
    left = (*case.found.left, *idle)
    if not cleared:
        return replace(blank, left=left)
    extent = extent_of(case.environment, changes, found.lock)
    again = tuple(dict.fromkeys(name for job in cleared for name in job.again))
    made = _edits(changes, cleared, found.plan, _variables(case, found.plan), again)
    made = made if case.ours else tuple(replace(each, safety="shown") for each in made)
    return replace(
        blank,
        changes=changes,
        edits=(*made, *case.found.kept, *case.found.others),
        left=left,
        kept=len(case.environment.installed) - sum(1 for each in changes if each.before is not None),
        count_change=extent.count,
        bytes_change=extent.bytes,
        download_bytes=extent.download_bytes,
        # No installer gives an environment another Python.
        commands=() if case.ours or found.lock is None or moved else commands_for(changes, again, _hand(order, case, found, changes)),
    )


def _doubts(case: Case, found: Nearest, plan: Plan, *, moved: bool) -> Iterator[str]:
    if moved:
        yield say("the plan is for Python {new}, this environment has {old}: only one made anew can have it", new=plan.python, old=case.environment.python)
    if found.cut_short:
        yield say("time ran out before every set of versions that could stay was tried: more of them might")


def _clears(job: Job, changes: tuple[Difference, ...]) -> bool:
    """Tells whether a finding cannot be there any more: files are new, or one of the distributions that it is about is another."""
    names = {*job.freed, *(each.strip() for each in job.finding.about.split(","))}
    changed = bool(names & {each.name for each in changes}) or (job.edit.accelerator == "cuda" and brings_cuda(changes))
    return job.anew or changed or job.edit == Edit()


def _hand(order: Order, case: Case, found: Nearest, changes: tuple[Difference, ...]) -> Hand:
    indexes, links = places_of(changes, found.lock)
    windows = case.environment.platform == "windows"
    return Hand(prefix=shown(order.prefix), environment=case.environment, shell=order.typed.shell, indexes=indexes, links=links, windows=windows)


def _variables(case: Case, plan: Plan) -> FrozenMap[str | None]:
    """Gives the variables that the environment sets in another way, None for one that it no longer sets."""
    old = case.owner.plan.variables if case.owner.plan else FrozenMap[str]({})
    changed: dict[str, str | None] = {name: value for name, value in plan.variables.items() if old.get(name) != value}
    changed.update({name: None for name in old if name not in plan.variables})
    return FrozenMap(changed)


def _edits(changes: tuple[Difference, ...], jobs: tuple[Job, ...], plan: Plan, variables: FrozenMap[str | None], again: tuple[str, ...]) -> tuple[Mend, ...]:
    """Gives one edit for each distribution that was asked for, one for all that follow them, and what is put back as it was."""
    causes = tuple(dict.fromkeys(job.finding.cause for job in jobs))
    requested = {each.name for each in plan.packages if each.requested}
    made = [Mend(says=said(each), edit=_edit(each), causes=_causes((each.name,), jobs)) for each in changes if each.name in requested]
    rest = tuple(each for each in changes if each.name not in requested)
    if rest:
        names = tuple(each.name for each in rest)
        says = say("{count} distributions follow: {names}", count=len(rest), names=", ".join(names[:4]) + ("..." if len(rest) > 4 else ""))
        require = tuple(f"{each.name}=={each.after}" for each in rest if each.after)
        drop = tuple(each.name for each in rest if not each.after)
        made.append(Mend(says=says, edit=Edit(require=require, drop=drop), causes=_causes(names, jobs)))
    if variables:
        made.append(Mend(says=say("variables: {names}", names=", ".join(variables)), edit=Edit(variables=variables), causes=causes))
    changed = {each.name for each in changes}
    for name in again:
        if name not in changed:
            texts = tuple(text for job in jobs for text in job.edit.require if text.startswith(f"{name}=="))[:1]
            made.append(Mend(says=say("{name} is installed again", name=texts[0]), edit=Edit(require=texts), causes=_causes((name,), jobs)))
    anew = tuple(dict.fromkeys(job.finding.cause for job in jobs if job.anew and not job.again))
    if anew or not made:
        made.append(Mend(says=say("the same versions, installed anew"), causes=anew or causes))
    return tuple(made)


def _causes(names: tuple[str, ...], jobs: tuple[Job, ...]) -> tuple[str, ...]:
    """Gives the causes that a change of these clears; of all of them where it only follows the others."""
    mine = [job.finding.cause for job in jobs if {*names} & {*job.freed, *job.again, *(each.strip() for each in job.finding.about.split(","))}]
    return tuple(dict.fromkeys(mine or [job.finding.cause for job in jobs]))


def said(change: Difference) -> str:
    """Says what becomes of one distribution."""
    if change.before is None:
        return say("{name} {version} comes in", name=change.name, version=change.after)
    if change.after is None:
        return say("{name} {version} goes", name=change.name, version=change.before)
    return f"{change.name} {change.before} → {change.after}"


def _edit(change: Difference) -> Edit:
    return Edit(require=(f"{change.name}=={change.after}",)) if change.after else Edit(drop=(change.name,))


def _texts(request: Request) -> tuple[str, ...]:
    return tuple(each.text or each.name for each in request.wishes)


def _applied(order: Order, case: Case, done: Fixing, found: Nearest) -> Fixing:
    """Makes the environment anew as `up` does: staged, audited, proven, swapped in; the one that was there is kept. What is left is asked again."""
    from drivetrain.workflows.up import up

    # What a fix binds holds for this once; what it adds or takes out is asked for from now on.
    limits = tuple(each for each in order.request.constraints if each not in case.request.constraints)
    bound = replace(order.request, constraints=(*order.request.constraints, *found.kept))
    lot = dataclasses.replace(order, request=bound, keep=(*order.keep, *limits, *found.kept), choice=_tolerant(order, case), upgrade=True, dry_run=False)
    # First, so that the new environment has them when it is proven; without it they are not kept.
    with _variables_kept(order, case) as keeping:
        made = up(lot)
        keeping.stays = made.status == "done"
    plan = made.plan if made.plan is not None else done.plan
    if made.status != "done":
        return replace(done, plan=plan, up=made)
    after = _case(order)
    return replace(done, plan=plan, up=replace(made, audit=after.audit), applied=True, left=_left_of(after))


def _kept_alone(order: Order, case: Case, done: Fixing) -> Fixing:
    """Keeps the variables in the environment as it is, where nothing else of it changes."""
    if not case.found.kept:
        return done
    with _variables_kept(order, case) as keeping:
        keeping.stays = True
    return replace(done, applied=True, left=_left_of(_case(order)))


def _left_of(after: Case) -> tuple[Left, ...]:
    return tuple(Left(cause=each.cause, severity=each.severity, about=each.about, says=each.says) for each in after.findings)


@dataclasses.dataclass
class _Keeping:
    """Whether the variables stay when the block ends."""

    stays: bool = False


@contextmanager
def _variables_kept(order: Order, case: Case) -> Iterator[_Keeping]:
    from drivetrain.workflows.inside import kept_in

    before = dict(case.owner.deed.variables) if case.owner.deed is not None else {}
    keeping, wanted = _Keeping(), {**before, **case.found.variables}
    if wanted != before:
        kept_in(order, wanted)
    try:
        yield keeping
    finally:
        if not keeping.stays and wanted != before:
            kept_in(order, before)


def _tolerant(order: Order, case: Case) -> Choice:
    """What was wrong before and is not this fix's to mend must not keep it from mending the rest; it is among what is left."""
    worked = {job.finding for job in case.found.jobs}
    choice = order.choice or Choice()
    return replace(choice, ignore=(*choice.ignore, *tolerated(each for each in case.findings if each not in worked)))


def tolerated(findings: Iterable[Outcome]) -> tuple[Selection, ...]:
    """Gives what leaves these findings out of an audit, about their own subjects alone: the same fault in another distribution would be the fix's own.

    What their fixes name is among the subjects: of two that own one file another may have lost it next time.
    """
    rows: dict[tuple[str, str], None] = {}
    for each in findings:
        named = (text for fix in each.fix if fix.edit is not None for text in (*fix.edit.require, *fix.edit.drop))
        rows.update(dict.fromkeys((each.cause, name) for name in (*map(str.strip, each.about.split(",")), *(wish_of(text).name for text in named))))
    return tuple(Selection(causes=(cause,), about=name, by="drivetrain fix") for cause, name in rows)


def _not_ours(order: Order, case: Case) -> PrefixError:
    name = shown(order.prefix)
    command = order.typed.bare("up", *_texts(case.request), "--prefix", f"{name.rstrip('/')}-fixed")
    return PrefixError(
        say("{prefix} was not made by drivetrain: nothing in it was touched", prefix=name), say("make one beside it that is: {command}", command=command)
    )
