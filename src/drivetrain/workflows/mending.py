"""Gathers the fixes of all findings: what is planned again, what is put back as it was, what goes, what its owner does; and where two contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.families import is_cuda_library
from drivetrain.formats.requirements import readable_wishes, wish_of
from drivetrain.model.environment import Environment
from drivetrain.model.fixing import Left, Mend
from drivetrain.model.outcome import Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.model.request import Request, Wish
from drivetrain.report.shell import Shell, variable_line
from drivetrain.words import say
from drivetrain.workflows.conda_owned import conda_lines, owned_by_conda
from drivetrain.workflows.fix_jobs import Job, contradictions

_MOVED = ("environment-moved", "pip-belongs-to-other-python")
"""Causes of an environment that was copied or moved: one made anew where it lies has none of them."""


class Gathered(Struct, frozen=True, kw_only=True):
    """The fixes of all findings together."""

    jobs: tuple[Job, ...] = ()
    kept: tuple[Mend, ...] = ()
    """Variables that the environment is to set or unset from now on."""
    others: tuple[Mend, ...] = ()
    """What is not done: unsafe fixes, and those of its owner's own hand."""
    left: tuple[Left, ...] = ()
    contradictions: tuple[str, ...] = ()
    with_conda: frozenset[str] = frozenset()
    """What conda is to change: the plan for the rest is not bound to its versions."""

    @property
    def freed(self) -> frozenset[str]:
        return frozenset(name for job in self.jobs for name in job.freed) | self.with_conda

    @property
    def variables(self) -> dict[str, str | None]:
        return {name: value for each in self.kept if each.edit is not None for name, value in each.edit.variables.items()}

    @property
    def drops(self) -> frozenset[str]:
        return frozenset(name for job in self.jobs for name in _dropped(job.edit))


class Facts(Struct, frozen=True, kw_only=True):
    """What the gathering looks at beside the findings."""

    environment: Environment
    request: Request
    catalogue: Catalogue
    replanned: frozenset[str] = frozenset()
    """Causes that come from a change of the machine: planning again for it is what clears them."""
    unsafe: bool = False
    """Whether unsafe fixes may be used."""
    ours: bool = True
    shell: Shell = "posix"


def gathered(findings: tuple[Outcome, ...], facts: Facts) -> Gathered:
    """Gives what is to be done about each finding; each ends as a job, as something for its owner, or among those that nothing clears."""
    jobs, others, left = [], [], []
    kept: list[Mend] = []
    with_conda: set[str] = set()
    for finding in findings:
        fix = _kept_fix(finding, facts)
        if fix is not None and fix.edit is not None and not _contradicts(fix.edit, kept):
            kept.append(Mend(says=_kept_says(fix.edit), edit=fix.edit, causes=(finding.cause,)))
            continue
        job = _job(finding, facts)
        if job is not None:
            jobs.append(job)
        elif finding.fix:
            others += [_other(fix, finding, facts) for fix in _open(finding, facts)]
            put_back = {each.name for fix in finding.fix if fix.edit for each in map(wish_of, fix.edit.require) if _is_here(each, facts.environment)}
            with_conda |= {name for fix in finding.fix for name in _asked_of_conda(fix, finding, facts)} - put_back
        else:
            left.append(Left(cause=finding.cause, severity=finding.severity, about=finding.about, says=say("no change is known that clears it")))
    return Gathered(
        jobs=tuple(jobs),
        kept=_merged(kept),
        others=_merged(others),
        left=tuple(left),
        contradictions=tuple(contradictions(jobs)),
        with_conda=frozenset(with_conda),
    )


def request_with(request: Request, found: Gathered, facts: Facts, *, bound: bool) -> Request:
    """Gives the request with the edits in it; `bound`: with the versions that they name, else the plan decides."""
    wishes = tuple(each for each in request.wishes if each.name not in found.drops)
    named = [(job, wish_of(text, origin=say("the fix of {cause}", cause=job.finding.cause))) for job in found.jobs for text in job.edit.require]
    wanted = [each for job, each in named if each.name not in job.again or not _is_here(each, facts.environment)]
    there = {each.name for each in wishes} | _required(facts.environment)
    asked = {each.name for each in request.wishes}
    # A framework that goes under one of its names is asked for under the other.
    heirs = {wish_of(text).name for job in found.jobs if _dropped(job.edit) & asked for text in job.edit.require}
    added = {each.name: each for each in wanted if each.name not in there and (each.name in heirs or facts.environment.distribution(each.name) is None)}
    if not bound:
        # A library is of the CUDA that is here; where the plan takes another it chooses that one's.
        added = {name: each for name, each in added.items() if not is_cuda_library(name)}
    limits = tuple(replace(each, extras=()) for each in wanted if each.specifier and each.name not in added and each.name not in _required(facts.environment))
    accelerator = next((job.edit.accelerator for job in found.jobs if job.edit.accelerator in ("cuda", "cpu")), request.accelerator)
    python = next((wish_of(f"python=={job.edit.python}") for job in found.jobs if job.edit.python), None)
    every = (*(wishes or (() if added else request.wishes)), *added.values(), *([python] if python is not None else []))
    return replace(request, wishes=every, constraints=(*request.constraints, *(limits if bound else ())), accelerator=accelerator)


def _dropped(edit: Edit) -> frozenset[str]:
    """Gives what an edit takes out for good: what it names among its requirements too is only installed anew."""
    return frozenset(wish_of(text).name for text in edit.drop) - {wish_of(text).name for text in edit.require}


def _job(finding: Outcome, facts: Facts) -> Job | None:
    names = frozenset(name.strip() for name in finding.about.split(","))
    if finding.cause in facts.replanned:
        return Job(finding=finding, edit=Edit(), freed=names)
    if finding.cause in _MOVED and facts.ours:
        return Job(finding=finding, edit=Edit(), anew=True)
    if finding.cause == "environment-incomplete" and finding.fix and all(fix.edit is None for fix in finding.fix):
        # Folders that a broken uninstall left: a new environment has none.
        return Job(finding=finding, edit=Edit(), anew=True) if facts.ours else None
    fix = next(
        (each for each in finding.fix if _plans_again(each.edit) and _grade(each, finding, facts) in ("safe", "unsafe" if facts.unsafe else "safe")), None
    )
    if fix is None or fix.edit is None or _asked_of_conda(fix, finding, facts):
        return None
    wishes = [wish_of(text) for text in fix.edit.require]
    here = Counter(each.name for each in facts.environment.installed)
    doubled = tuple(each.name for each in wishes if here[each.name] > 1)
    again = tuple(each.name for each in wishes if each.name not in doubled and _is_here(each, facts.environment))
    named = frozenset((*(each.name for each in wishes), *(wish_of(text).name for text in fix.edit.drop)))
    whole = bool(again) and len(again) == len(wishes) and not fix.edit.drop
    # What only lacks something keeps its version.
    lacks = bool(wishes) and not fix.edit.drop and not any(here[each.name] for each in wishes)
    freed = frozenset() if whole or lacks else (named | names) - set(again)
    first = tuple(line for each in finding.fix if each.edit is None for line in each.commands) if finding.cause in _MOVED else ()
    return Job(finding=finding, edit=fix.edit, freed=freed, again=(*again, *doubled), anew=whole or bool(doubled), first=first)


def _asked_of_conda(fix: Fix, finding: Outcome, facts: Facts) -> frozenset[str]:
    """Gives what a fix would change of what conda installed: that is conda's to do, by its own packages."""
    if fix.edit is None or not facts.environment.conda or not _plans_again(fix.edit):
        return frozenset()
    named = {wish_of(text).name for text in (*fix.edit.require, *fix.edit.drop)}
    named |= {name.strip() for name in finding.about.split(",")} if fix.edit.accelerator else set()
    return frozenset(named & owned_by_conda(facts.environment).keys())


def _kept_fix(finding: Outcome, facts: Facts) -> Fix | None:
    """Gives the variables that clear a finding where its rule calls that safe, names it first, and the environment is ours to keep them in."""
    if not facts.ours or finding.cause in facts.replanned:
        return None
    first = next((each for each in finding.fix if each.edit is not None and _grade(each, finding, facts) == "safe"), None)
    return first if first is not None and first.edit is not None and first.edit.is_variables else None


def _contradicts(edit: Edit, kept: list[Mend]) -> bool:
    """Tells whether a finding before this one wants another value."""
    taken = Gathered(kept=tuple(kept)).variables
    return any(name in taken and taken[name] != value for name, value in edit.variables.items())


def _kept_says(edit: Edit) -> str:
    return say("; ").join(
        say("the environment unsets {name}", name=name) if value is None else say("the environment sets {name}={value}", name=name, value=value)
        for name, value in edit.variables.items()
    )


def _plans_again(edit: Edit | None) -> bool:
    return edit is not None and bool(edit.require or edit.drop or edit.accelerator or edit.python) and edit.os is None and edit.driver is None


def _grade(fix: Fix, finding: Outcome, facts: Facts) -> str:
    """Gives how safe a fix is here: one that takes out what its owner asked for, or puts back files that work and were edited, is not."""
    if fix.safety != "safe" or fix.edit is None:
        return fix.safety
    asked = {each.name for each in facts.request.wishes}
    if any(name in asked and not _stays(name, fix.edit, facts) for name in _dropped(fix.edit)):
        return "unsafe"
    wishes = [wish_of(text) for text in fix.edit.require]
    edited = finding.cause == "environment-incomplete" and finding.severity != "error" and any(_is_here(each, facts.environment) for each in wishes)
    return "unsafe" if edited else "safe"


def _stays(name: str, edit: Edit, facts: Facts) -> bool:
    """Tells whether the framework that a distribution holds stays under another of its names."""
    framework = facts.catalogue.framework(name)
    names = {framework.distribution, *framework.names} if framework is not None else set()
    return any(each.name in names for each in map(wish_of, edit.require))


def _is_here(wish: Wish, environment: Environment) -> bool:
    one = environment.distribution(wish.name)
    return one is not None and wish.specifier == f"=={one.version}"


def _open(finding: Outcome, facts: Facts) -> Iterator[Fix]:
    """Gives the fixes that are told and not made: its owner's own, else the unsafe ones."""
    shown = [each for each in finding.fix if each.safety == "shown" or not _plans_again(each.edit)]
    unsafe = [each for each in finding.fix if each not in shown]
    yield from (*unsafe, *shown)


def _other(fix: Fix, finding: Outcome, facts: Facts) -> Mend:
    commands = fix.commands
    if fix.edit is not None and fix.edit.variables:
        commands = tuple(variable_line(name, value, facts.shell) for name, value in fix.edit.variables.items())
    if fix.edit is not None and _asked_of_conda(fix, finding, facts):
        lines = conda_lines(fix.edit, facts.environment, facts.shell)
        return Mend(says=fix.says, edit=fix.edit, safety="shown", causes=(finding.cause,), planned=False, commands=(*commands, *lines))
    plans = _plans_again(fix.edit) and fix.safety != "shown"
    return Mend(says=fix.says, edit=fix.edit, safety="unsafe" if plans else "shown", causes=(finding.cause,), planned=False, commands=commands)


def _merged(others: Iterable[Mend]) -> tuple[Mend, ...]:
    """Two findings that one thing clears are told once, with both causes."""
    found: dict[tuple[str, Edit | None, tuple[str, ...]], Mend] = {}
    for each in others:
        key = (each.says, each.edit, each.commands)
        causes = (*found[key].causes, *each.causes) if key in found else each.causes
        found[key] = replace(each, causes=tuple(dict.fromkeys(causes)))
    return tuple(found.values())


def _required(environment: Environment) -> set[str]:
    """Gives what distributions require of each other: their metadata tells the resolver better than an edit."""
    return {wish.name for each in environment.installed for text, wish in readable_wishes(each.requires) if "extra" not in text and wish.name != each.name}
