"""What `plan` does for several machines, several targets, or an environment for each CUDA family."""

from __future__ import annotations

import argparse

from msgspec.structs import replace

from drivetrain.cli.asked import request_of, typed_of
from drivetrain.cli.emit import emit, emit_aside
from drivetrain.cli.session import Session
from drivetrain.cli.target import Aim, with_interpreter
from drivetrain.errors import UsageError
from drivetrain.model.plan import Refusal
from drivetrain.model.plans import Plans
from drivetrain.words import say


def plan_several(options: argparse.Namespace, session: Session, aims: tuple[Aim, ...]) -> int:
    """Plans, shows and writes the document; 3 where something is refused."""
    if options.html or options.why is not None:
        flag = "--why" if options.why is not None else "--html"
        raise UsageError(say("{flag} goes with one plan, and these are several", flag=flag), say("take --json, or one machine at a time"))
    from drivetrain.report.text_plans import plans_screen
    from drivetrain.workflows.families import plans_by_family
    from drivetrain.workflows.locks import Locks
    from drivetrain.workflows.parties import Member
    from drivetrain.workflows.several import plans_for

    locks = Locks(options.locks, session) if options.locks else None
    made = locks.write if locks else None
    if options.family == "any":
        if len(aims) > 1:
            raise UsageError(say("--family any goes with one machine, and these are several"), say("take one machine at a time"))
        aim = aims[0]
        machine = with_interpreter(aim.machine, options)
        plans = plans_by_family(
            request_of(options, machine, session), machine, name=aim.name, here=aim.here, settings=session, refresh=options.refresh, made=made
        )
    else:
        quiet = replace(session, quiet=True)
        requests = [request_of(options, aim.machine, quiet if number else session) for number, aim in enumerate(aims)]
        members = tuple(Member(name=aim.name, machine=aim.machine, request=aim.request(each), here=aim.here) for aim, each in zip(aims, requests, strict=True))
        plans = plans_for(members, session, each_its_own=any(aim.is_target for aim in aims), refresh=options.refresh, made=made)
    typed = typed_of(options, session)
    for path in locks.written if locks else ():
        emit_aside(session, say("the lock is in {path}", path=path))
    if options.output:
        _write(options.output, plans, session)
    return emit(session, plans, plans_screen(plans, typed, saved=options.output), 3 if any(isinstance(each.plan, Refusal) for each in plans.plans) else 0)


def _write(path: str, plans: Plans, session: Session) -> None:
    from drivetrain.workflows.files import write_document

    write_document(path, plans)
    emit_aside(session, say("the plans are in {path}", path=path))
