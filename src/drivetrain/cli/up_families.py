"""What `up --family any` does: an environment for each CUDA family, one after the other."""

from __future__ import annotations

import argparse
from pathlib import Path

from msgspec.structs import replace

from drivetrain.cli.asked import request_of, typed_of
from drivetrain.cli.changing import exit_code, ordered_in_place
from drivetrain.cli.emit import emit, emit_aside, emit_failure
from drivetrain.cli.session import Session
from drivetrain.cli.target import Aim, with_interpreter
from drivetrain.model.plan import Refusal
from drivetrain.model.plans import PlanFor, Plans
from drivetrain.model.report import Up
from drivetrain.model.request import Request
from drivetrain.model.ups import Ups
from drivetrain.report.typed import Typed
from drivetrain.words import say
from drivetrain.workflows.prefixes import DEFAULT


def up_families(options: argparse.Namespace, session: Session, aim: Aim) -> int:
    """Makes them, or shows their plans where nothing is to be made or one of them has none."""
    from drivetrain.report.text_plans import plans_screen
    from drivetrain.workflows.families import plans_by_family

    machine = with_interpreter(aim.machine, options)
    request = request_of(options, machine, session)
    plans = _placed(plans_by_family(request, machine, name="", here=aim.here, settings=session, refresh=options.refresh), options.prefix)
    refused = any(isinstance(each.plan, Refusal) for each in plans.plans)
    typed = typed_of(options, session)
    if options.dry_run or refused:
        return emit(session, plans, plans_screen(plans, typed), 3 if refused else 0)
    options.refresh = False
    made: list[Up] = []
    lines: list[str] = []
    for number, row in enumerate(plans.plans):
        emit_aside(session, say("{prefix}: {names}", prefix=row.prefix, names=" ".join(row.names)))
        done, screen = _made(row, request, options, session, replace(aim, machine=machine))
        made.append(done)
        lines += [*([""] if number else []), *screen]
        if done.status != "done":
            break
    left = tuple(each.prefix for each in plans.plans[len(made) :])
    code = exit_code(made[-1])
    if left:
        lines += ["", say("not begun: {names}", names=say(", ").join(left))]
    if code == 2 and not session.json:
        emit_failure(session, made[-1].says, say("not begun: {names}", names=say(", ").join(left)) if left else "")
        return code
    return emit(session, Ups(environments=tuple(made), left=left), lines, code)


def _placed(plans: Plans, prefix: str | None) -> Plans:
    """Puts the environments where `--prefix` says, each with its own ending; where one is enough, there."""
    base = prefix or DEFAULT
    return replace(plans, plans=tuple(replace(each, prefix=base + each.prefix.removeprefix(DEFAULT)) for each in plans.plans))


def _made(row: PlanFor, request: Request, options: argparse.Namespace, session: Session, aim: Aim) -> tuple[Up, list[str]]:
    from drivetrain.report.text_up import up_screen
    from drivetrain.workflows.prefixes import activation
    from drivetrain.workflows.up import up

    mine = tuple(each for each in request.wishes if each.is_component or (each.text or each.name) in row.names)
    typed = _typed(typed_of(options, session), row)
    prefix = Path(row.prefix).expanduser().absolute()
    order = ordered_in_place(options, session, aim.machine, replace(request, wishes=mine, family="one"), prefix, typed, here=aim.here)
    done = up(order)
    made = bool(done.prefix) and done.status == "done"
    return done, up_screen(done, aim.machine, typed, activate=activation(prefix, session.shell) if made else "")


def _typed(typed: Typed, row: PlanFor) -> Typed:
    """Gives what makes this environment alone."""
    flags = tuple(each for each in typed.flags if each[0] not in ("--family", "-r", "--without"))
    return replace(typed, requirements=row.names, flags=flags, prefix="" if row.prefix == DEFAULT else row.prefix)
