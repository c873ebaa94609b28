"""The edits that a set of changes amounts to, each with the causes that it clears."""

from __future__ import annotations

from msgspec import Struct, field

from drivetrain.model.documents import FrozenMap
from drivetrain.model.fixing import Difference, Mend
from drivetrain.model.plan import Edit, Plan
from drivetrain.words import say
from drivetrain.workflows.fix_jobs import Job

_MOST_TOLD = 4


class Changed(Struct, frozen=True, kw_only=True):
    """Everything that becomes different."""

    changes: tuple[Difference, ...] = ()
    again: tuple[str, ...] = ()
    """What is installed again as it is, as requirements ("torch==2.9.0")."""
    variables: FrozenMap[str | None] = field(default_factory=FrozenMap)


def edits_of(changed: Changed, jobs: tuple[Job, ...], plan: Plan) -> tuple[Mend, ...]:
    """Gives one edit for each distribution that was asked for, one for all that follow them, and what is put back as it was."""
    causes = tuple(dict.fromkeys(job.finding.cause for job in jobs))
    requested = {each.name for each in plan.packages if each.requested}
    made = [Mend(says=said(each), edit=_edit(each), causes=_causes((each.name,), jobs)) for each in changed.changes if each.name in requested]
    rest = tuple(each for each in changed.changes if each.name not in requested)
    if rest:
        names = tuple(each.name for each in rest)
        says = say("{count} distributions follow: {names}", count=len(rest), names=_listed(names))
        require = tuple(f"{each.name}=={each.after}" for each in rest if each.after)
        drop = tuple(each.name for each in rest if not each.after)
        made.append(Mend(says=says, edit=Edit(require=require, drop=drop), causes=_causes(names, jobs)))
    if changed.variables:
        names = tuple(changed.variables)
        made.append(Mend(says=say("variables: {names}", names=", ".join(names)), edit=Edit(variables=changed.variables), causes=causes))
    made += _put_back(changed.again, jobs)
    anew = tuple(dict.fromkeys(job.finding.cause for job in jobs if job.anew and not job.again))
    if anew or not made:
        made.append(Mend(says=say("the same versions, installed anew"), causes=anew or causes))
    return tuple(made)


def _put_back(again: tuple[str, ...], jobs: tuple[Job, ...]) -> list[Mend]:
    """A few are told one by one, each with its own causes; the programs of an environment may be of fifty."""
    names = tuple(each.partition("==")[0] for each in again)
    if len(again) > _MOST_TOLD:
        says = say("{count} distributions are installed again: {names}", count=len(again), names=_listed(names))
        return [Mend(says=says, edit=Edit(require=again), causes=_causes(names, jobs))]
    told = zip(names, again, strict=True)
    return [Mend(says=say("{name} is installed again", name=text), edit=Edit(require=(text,)), causes=_causes((name,), jobs)) for name, text in told]


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_MOST_TOLD]) + ("..." if len(names) > _MOST_TOLD else "")


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
