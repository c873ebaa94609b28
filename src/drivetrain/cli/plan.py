"""`drivetrain plan`: one stack for a machine with its reasons, or the refusal and what would work."""

from __future__ import annotations

import argparse

from drivetrain.cli.asked import add_request_flags, request_of, typed_of
from drivetrain.cli.emit import emit, emit_aside
from drivetrain.cli.freshness import tell_of_old_facts
from drivetrain.cli.names import framework_names
from drivetrain.cli.session import Session
from drivetrain.cli.target import add_locks_flag, add_target_flags, add_targets_flag, aims_of, project_targets, with_interpreter
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.report.typed import Typed
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    add_request_flags(parser)
    add_target_flags(parser)
    add_targets_flag(parser)
    group = parser.add_argument_group(say("what is shown"))
    why = say("the whole chain behind a package, NAME==VERSION, cuda, cudnn or python of the plan, or behind a refusal")
    group.add_argument("--why", metavar=say("NAME"), nargs="?", const="", help=why)
    group.add_argument("--alternatives", action="store_true", help=say("other stacks that work, and what they cost"))
    group.add_argument("-o", "--output", metavar=say("FILE"), help=say("write the plan to a file that install takes"))
    add_locks_flag(group)
    group.add_argument("--html", metavar=say("FILE"), help=say("write the plan as one HTML page"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("plan", *frameworks), say("the best stack for this machine")),
        (("plan", *frameworks, "--gpu", "RTX 4090", "--driver", "560", "--os", "linux"), say("for a machine that is described")),
        (
            ("plan", f"{frameworks[-1]}>=2.6" if frameworks else "numpy>=2", "python==3.12", "--machine", "server.json", "-o", "plan.json"),
            say("for a saved machine, into a file"),
        ),
        (("plan", *frameworks, "--why", frameworks[-1] if frameworks else "numpy"), say("why this release, and none of the newer ones")),
        (("plan", "-r", "requirements.txt", "--why"), say("somebody's requirements, or why they cannot be served")),
    )


def completed() -> tuple[str, ...]:
    """Gives the words that Tab offers."""
    return framework_names()


def run(options: argparse.Namespace, session: Session) -> int:
    aims = project_targets(options) or aims_of(options, session)
    if len(aims) > 1 or options.family == "any" or aims[0].is_target:
        from drivetrain.cli.several import plan_several

        return plan_several(options, session, aims)
    from drivetrain.workflows.planning import plan_for, with_commands, with_ways

    aim = aims[0]
    machine = with_interpreter(aim.machine, options)
    typed = typed_of(options, session)
    request = request_of(options, machine, session)
    answer = plan_for(request, machine, here=aim.here, settings=session, refresh=options.refresh, alternatives=options.alternatives, why=options.why)
    if isinstance(answer, Plan):
        answer = with_commands(answer, typed, here=aim.here, saved=options.output)
        _write_files(options, session, answer, machine, typed)
        _write_lock(options, session, answer, request, machine)
    else:
        answer = with_ways(answer, typed, "plan")
    code = emit(session, answer, _lines(options, answer, machine, typed), 0 if isinstance(answer, Plan) else 3)
    tell_of_old_facts(session)
    return code


def _lines(options: argparse.Namespace, answer: Plan | Refusal, machine: Machine, typed: Typed) -> list[str]:
    if isinstance(answer, Refusal):
        from drivetrain.report.text_refusal import refusal_screen

        return refusal_screen(answer, typed, why=options.why is not None)
    if options.why is not None:
        from drivetrain.report.text_why import why_screen

        if options.why:
            return why_screen(answer, options.why)
        return [line for each in answer.packages if each.requested for line in (*why_screen(answer, each.called), "")][:-1]
    from drivetrain.report.text_plan import plan_screen

    return plan_screen(answer, machine, typed, alternatives=options.alternatives)


def _write_files(options: argparse.Namespace, session: Session, plan: Plan, machine: Machine, typed: Typed) -> None:
    from drivetrain.workflows.files import write_document, write_text

    if options.output:
        write_document(options.output, plan)
        emit_aside(session, say("the plan is in {path}", path=options.output))
    if options.html:
        from drivetrain.report.html_page import plan_page

        write_text(options.html, plan_page(plan, machine, typed))
        emit_aside(session, say("the page is {path}", path=options.html))


def _write_lock(options: argparse.Namespace, session: Session, plan: Plan, request: Request, machine: Machine) -> None:
    if options.locks:
        from drivetrain.workflows.locks import Locks

        locks = Locks(options.locks, session)
        locks.write_as("pylock.toml", plan, request, machine)
        emit_aside(session, say("the lock is in {path}", path=locks.written[0]))
