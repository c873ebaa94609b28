"""What a fix shows: the changes between an environment and its plan, what they clear and what nothing does, and the commands of its owner."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from drivetrain.formats.requirements import wish_of
from drivetrain.model.documents import FrozenMap
from drivetrain.model.fixing import Difference, Fixing, Left
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Edit, Plan, Refusal
from drivetrain.words import say
from drivetrain.workflows.conda_owned import owned_by_conda
from drivetrain.workflows.differing import brings_cuda, differences, extent_of, sharers, staying_in, versions_in
from drivetrain.workflows.fix_case import Case, told
from drivetrain.workflows.fix_edits import Changed, edits_of
from drivetrain.workflows.fix_jobs import Job
from drivetrain.workflows.keeping import Nearest
from drivetrain.workflows.order import Order
from drivetrain.workflows.owner_commands import Hand, commands_for, places_of, versions_coming
from drivetrain.workflows.prefixes import shown


def changes_shown(order: Order, case: Case, found: Nearest, says: str) -> Fixing:
    """Gives what changes, what it clears and what is left, or the refusal; `says` is what could not be told so far."""
    blank = replace(told(case, shown(order.prefix)), plan=found.plan, says=says, contradictions=case.found.contradictions)
    if isinstance(found.plan, Refusal):
        return blank
    old = case.environment.python
    moved = old is not None and old.split(".")[:2] != found.plan.python.split(".")[:2]
    blank = replace(blank, says=say("; ").join(filter(None, (says, *_doubts(case, found, found.plan, moved=moved)))))
    changes = _changes(case, found, found.plan)
    cleared = tuple(job for job in case.found.jobs if _clears(job, changes))
    left = (*case.found.left, *(_idle(job.finding) for job in case.found.jobs if job not in cleared))
    if not cleared:
        return replace(blank, left=left)
    again = _again(case, cleared, changes)
    repeated = tuple(name for name in again if name not in {each.name for each in changes})
    hand = _hand(order, case, found, versions_coming(changes, again, case.environment))
    extent = extent_of(case.environment, changes, again, found.lock)
    put_back = tuple(f"{name}=={version}" for name, version in versions_coming((), repeated, case.environment).items())
    made = edits_of(Changed(changes=changes, again=put_back, variables=_variables(case, found.plan)), cleared, found.plan)
    made = made if case.ours else tuple(replace(each, safety="shown") for each in made)
    return replace(
        blank,
        changes=changes,
        edits=(*made, *case.found.kept, *case.found.others),
        left=left,
        again=repeated,
        kept=len({each.name for each in case.environment.installed} - {each.name for each in changes} - {*repeated}),
        count_change=extent.count,
        bytes_change=extent.bytes,
        download_bytes=extent.download_bytes,
        # No installer gives an environment another Python.
        commands=() if case.ours or found.lock is None or moved else commands_for(changes, again, hand),
    )


def _changes(case: Case, found: Nearest, plan: Plan) -> tuple[Difference, ...]:
    """What is ours is made anew, of what was asked for alone; in any other what nothing speaks against stays, and all that conda installed."""
    if case.ours or found.lock is None:
        return differences(case.environment, plan, found.lock)
    locked, owned = versions_in(found.lock), owned_by_conda(case.environment)
    changes = differences(case.environment, plan, found.lock, staying_in(case.environment, locked, case.found.drops))
    # conda's framework has conda's libraries.
    beside = any(name in owned and case.facts.catalogue.framework(name) for name in locked)
    return tuple(each for each in changes if not (beside and brings_cuda((each,))))


def _again(case: Case, jobs: tuple[Job, ...], changes: tuple[Difference, ...]) -> tuple[str, ...]:
    """Gives what is put back, and where its owner makes the changes what loses files to what goes: a new environment takes none away."""
    others = () if case.ours else sharers(case.environment, (each.name for each in changes if each.before is not None))
    gone = {each.name for each in changes if each.after is None}
    return tuple(name for name in dict.fromkeys((*(name for job in jobs for name in job.again), *others)) if name not in gone)


def _idle(finding: Outcome) -> Left:
    says = say("no other versions that fit together would change what is wrong")
    return Left(cause=finding.cause, severity=finding.severity, about=finding.about, says=says)


def _doubts(case: Case, found: Nearest, plan: Plan, *, moved: bool) -> Iterator[str]:
    if moved:
        yield say("the plan is for Python {new}, this environment has {old}: only one made anew can have it", new=plan.python, old=case.environment.python)
    if found.cut_short:
        yield say("time ran out before every set of versions that could stay was tried: more of them might")


def _clears(job: Job, changes: tuple[Difference, ...]) -> bool:
    """Tells whether a finding cannot be there any more: files are new, or one of the distributions that it is about, or asks for, is another."""
    asked = (wish_of(text).name for text in job.edit.require)
    names = {*job.freed, *asked, *(each.strip() for each in job.finding.about.split(","))}
    changed = bool(names & {each.name for each in changes}) or (job.edit.accelerator == "cuda" and brings_cuda(changes))
    return job.anew or changed or job.edit == Edit()


def _hand(order: Order, case: Case, found: Nearest, coming: dict[str, str]) -> Hand:
    indexes, links = places_of(coming, found.lock)
    return Hand(
        prefix=shown(order.prefix),
        environment=case.environment,
        shell=order.typed.shell,
        indexes=indexes,
        links=links,
        windows=case.environment.platform == "windows",
        first=tuple(dict.fromkeys(line for job in case.found.jobs for line in job.first)),
    )


def _variables(case: Case, plan: Plan) -> FrozenMap[str | None]:
    """Gives the variables that the environment sets in another way, None for one that it no longer sets."""
    old = case.owner.plan.variables if case.owner.plan else FrozenMap[str]({})
    changed: dict[str, str | None] = {name: value for name, value in plan.variables.items() if old.get(name) != value}
    changed.update({name: None for name in old if name not in plan.variables})
    return FrozenMap(changed)
