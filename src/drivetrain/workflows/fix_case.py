"""What a fix starts from: an environment, what is wrong with it, what it is for, and what is to be done about each finding."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivetrain.formats.requirements import readable_wishes
from drivetrain.model.environment import Environment
from drivetrain.model.fixing import Fixing
from drivetrain.model.outcome import Audit, Fix, Outcome
from drivetrain.model.request import Request
from drivetrain.words import say
from drivetrain.workflows.inferring import request_of_environment
from drivetrain.workflows.mending import Facts, Gathered, gathered
from drivetrain.workflows.order import Order

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


def case_of(order: Order, *, unsafe: bool = False) -> Case:
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


def counted(audit: Audit) -> tuple[Outcome, ...]:
    """Gives what a fix is about: errors and warnings; a note is worth knowing, with nothing to do."""
    return tuple(replace(each, fix=tuple(map(_to_be_asked, each.fix))) for each in audit.found() if each.severity != "note")


def _to_be_asked(fix: Fix) -> Fix:
    """A fix that names a version which cannot be asked for ("1.0-custom-build") is its owner's to make."""
    texts = (*fix.edit.require, *fix.edit.drop) if fix.edit is not None else ()
    return fix if len(list(readable_wishes(texts))) == len(texts) else replace(fix, edit=None, safety="shown")


def told(case: Case, name: str) -> Fixing:
    """Gives the answer where no new environment would clear anything."""
    return Fixing(
        prefix=name,
        ours=case.ours,
        findings=case.findings,
        asked=texts_of(case.request),
        edits=(*case.found.kept, *case.found.others),
        left=case.found.left,
        says=case.notes,
        kept=len(case.environment.installed),
    )


def texts_of(request: Request) -> tuple[str, ...]:
    return tuple(each.text or each.name for each in request.wishes)
