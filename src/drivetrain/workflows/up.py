"""`up`: solve, lock (a clash rules a release out and solves again), stage, scan, audit, prove, commit, report."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.errors import DrivetrainError, EngineError, IndexUnreachable, PrefixError
from drivetrain.model.documents import FrozenMap
from drivetrain.model.lock import Lock
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.report import Up
from drivetrain.model.request import Request
from drivetrain.report.amounts import duration, size
from drivetrain.words import say
from drivetrain.workflows.auditing import audit_of_scanned, counting
from drivetrain.workflows.cache import cache_folder
from drivetrain.workflows.consent import say_what_is_missing, with_fetched_python
from drivetrain.workflows.home import RECORD
from drivetrain.workflows.making import Step, agree_to_download, told
from drivetrain.workflows.named import named
from drivetrain.workflows.order import Order
from drivetrain.workflows.planning import with_commands, with_ways
from drivetrain.workflows.prefixes import activation, shown
from drivetrain.workflows.proving import is_proven, proven
from drivetrain.workflows.resolving import Bench, resolved

if TYPE_CHECKING:
    from drivetrain.install import Owner, Staged


def up(order: Order) -> Up:
    """Makes the environment that the order asks for, or says what stands against it; the one that was there stays until the new one is proven."""
    from drivetrain.install import check_prefix, recover
    from drivetrain.workflows.drift import holds_no_longer
    from drivetrain.workflows.satisfied import still_serves

    step = Step(seconds={})
    owner = None
    if not order.dry_run:
        recover(order.prefix)
        owner = check_prefix(order.prefix)
        say_what_is_missing(order)
    serves = owner is not None and not order.upgrade and still_serves(owner, order.request, order.machine)
    if owner is not None and serves and not holds_no_longer(owner, order.machine, order.cache_dir):
        return _kept(order, owner, step)
    bench = bench_of(order)
    with step.timed("plan"):
        first = bench.plan(order.request)
    if isinstance(first, Refusal) and (fetching := with_fetched_python(order, bench)):
        return up(fetching)
    if isinstance(first, Refusal):
        return _ended(step, status="refused", failed_at="plan", plan=with_ways(first, order.typed, "up"))
    first = with_commands(first, order.typed, here=order.here)
    if order.dry_run:
        return _ended(step, status="done", plan=first)
    if first.engine != "pip":
        says = say("a plan with conda packages cannot be installed yet: {commands}", commands=" ; ".join(first.commands))
        return _ended(step, status="failed", failed_at="lock", plan=first, says=says)
    return _locked(order, bench, first, step)


def bench_of(order: Order) -> Bench:
    """Gives what plans and locks are made with."""
    from drivetrain.install import interpreter_for
    from drivetrain.workflows.engine import engine_settings
    from drivetrain.workflows.facts import catalogue_for
    from drivetrain.workflows.planning import with_places

    cache = cache_folder(order.cache_dir)
    if order.refresh and not order.offline:
        from drivetrain.workflows.refreshing import refreshed

        refreshed(order.request, cache, cache_dir=order.cache_dir, progress=order.progress)
    facts = catalogue_for(order.request, order.machine, cache, here=order.here)
    settings = engine_settings(order.request, facts.frameworks, cache_dir=order.cache_dir, offline=order.offline)
    machine = with_places(order.request, order.machine, facts.frameworks, cache, here=order.here, offline=order.offline)
    fetch = order.request.fetch_python
    return Bench(machine=machine, facts=facts, settings=settings, interpreter=lambda plan: interpreter_for(plan, order.machine, settings, fetch))


def _locked(order: Order, bench: Bench, first: Plan, step: Step) -> Up:
    order.progress.step(say("locking"))
    try:
        with step.timed("lock"):
            found = resolved(order.request, bench, first)
    except (EngineError, IndexUnreachable, PrefixError) as error:
        return _broken(order, step, "lock", first, error)
    if isinstance(found.plan, Refusal) or found.lock is None:
        refusal = with_ways(found.plan, order.typed, "up") if isinstance(found.plan, Refusal) else found.plan
        return _ended(step, status="refused", failed_at="lock", plan=refusal)
    plan = with_commands(found.plan, order.typed, here=order.here)
    order = dataclasses.replace(order, request=named(order.request, found.lock))
    count, amount = len(found.lock.artifacts), size(found.lock.download_bytes)
    order.progress.finish(say("locked: {count} distributions, {size}, in {time}", count=count, size=amount, time=duration(step.seconds["lock"])))
    agree_to_download(found.lock, order.machine, order.prefix, order.ask)
    return _made(order, bench, plan, found.lock, step)


def _made(order: Order, bench: Bench, plan: Plan, lock: Lock, step: Step) -> Up:
    from drivetrain.install import Order as Lot
    from drivetrain.install import discard, stage

    order.progress.step(say("installing"))
    try:
        with step.timed("install"):
            interpreter = Path(bench.interpreter(plan))
            lot = Lot(lock=lock, prefix=order.prefix, interpreter=interpreter, plan=plan, request=_recorded(order), machine=order.machine)
            staged = stage(lot, bench.settings, told(order.progress))
    except (EngineError, IndexUnreachable, PrefixError) as error:
        return _broken(order, step, "install", plan, error)
    amount = size(staged.bytes)
    order.progress.finish(
        say("installed: {count} distributions, {size}, in {time}", count=staged.distributions, size=amount, time=duration(step.seconds["install"]))
    )
    try:
        done = _checked(order, bench.facts, staged.path, plan, step)
    except BaseException:
        discard(staged)
        raise
    if done.status == "failed":
        discard(staged)
        return _reported(order, done, failed=True)
    return _committed(order, staged, done)


def _recorded(order: Order) -> Request:
    """Gives what the environment says that it was made for."""
    return replace(order.request, constraints=tuple(each for each in order.request.constraints if each not in order.keep))


def _checked(order: Order, facts: Catalogue, place: Path, plan: Plan | None, step: Step) -> Up:
    """Audits and proves the environment at that place."""
    from drivetrain.workflows.loading import scanned
    from drivetrain.workflows.machine import has_usable_gpu

    order.progress.step(say("auditing"))
    with step.timed("audit"):
        environment = scanned(place, order.machine, here=order.here, cache=cache_folder(order.cache_dir))
        audit = counting(audit_of_scanned(environment, order.machine, facts, plan, shown(order.prefix)), order.choice)
    order.progress.finish(say("audited: {count} distributions in {time}", count=audit.scanned.distributions, time=duration(step.seconds["audit"])))
    lock = str(Path(shown(order.prefix)) / "drivetrain" / "pylock.toml")
    if audit.found("error"):
        says = say("the audit found what must not be: {what}; {left}", what=audit.found("error")[0].says, left=_left(order))
        return _ended(step, status="failed", failed_at="audit", plan=plan, audit=audit, says=says, prefix=shown(order.prefix))
    accelerator = plan.accelerator if plan else "cpu"
    order.progress.step(say("proving"))
    with step.timed("verify"):
        proof = proven(place, environment, order.machine, plan=plan, accelerator=accelerator, progress=order.progress, final=order.prefix)
    order.progress.finish(say("proven in {time}", time=duration(step.seconds["verify"])))
    done = _ended(step, status="done", plan=plan, audit=audit, verify=proof, prefix=shown(order.prefix), lock=lock)
    if is_proven(proof, gpu_wanted=accelerator == "cuda" and has_usable_gpu(order.machine)):
        return done
    failed = proof.failed()
    why = f"{failed[0].framework} {failed[0].device} {failed[0].check}: {failed[0].says}" if failed else say("no check ran on the GPU")
    says = say("not proven: {why}; {left}", why=why, left=_left(order))
    return replace(done, status="failed", failed_at="verify", says=says, lock=None)


def _left(order: Order) -> str:
    """Says what is at the prefix now that nothing is put there."""
    return say("{prefix} is as it was", prefix=shown(order.prefix)) if order.prefix.exists() else say("no environment was made")


def _committed(order: Order, staged: Staged, done: Up) -> Up:
    from drivetrain.install import commit

    left_behind = _left_behind(order, staged)
    committed = commit(staged)
    previous = shown(committed.previous) if committed.previous else None
    return _reported(order, replace(done, previous=previous, says=say("; ").join((*left_behind, *committed.says))))


def _left_behind(order: Order, staged: Staged) -> tuple[str, ...]:
    """Says what somebody installed by hand into the environment that is replaced, and is not in the new one."""
    from drivetrain.workflows.change import added_by_hand, wish_for

    if staged.owner.kind != "ours" or order.typed.verb != "up":
        return ()
    kept = {each.name for each in order.request.wishes}
    gone = [wish_for(each).text for each in added_by_hand(order.prefix, staged.owner) if each.name not in kept]
    if not gone:
        return ()
    command = order.typed.bare("add", *gone, *order.typed.placed)
    return (say("not in the new one is what was installed by hand: {names}; to have it again: {command}", names=", ".join(gone), command=command),)


def _kept(order: Order, owner: Owner, step: Step) -> Up:
    """Audits and proves an environment that still serves the request; whatever comes of it, nothing is changed."""
    from drivetrain.workflows.facts import catalogue_for

    facts = catalogue_for(order.request, order.machine, cache_folder(order.cache_dir), here=False)
    done = replace(_checked(order, facts, order.prefix, owner.plan, step), installed=False)
    return _reported(order, done)


def _reported(order: Order, done: Up, *, failed: bool = False) -> Up:
    """Writes the HTML report and the record: into the prefix, or beside it when no environment came of it."""
    from drivetrain.install.prefix import shareable
    from drivetrain.report.html_page import up_page
    from drivetrain.workflows.files import write_document, write_text

    folder = order.prefix.parent / ".drivetrain" if failed else (order.prefix / RECORD).parent
    path = folder / ("report-failed.html" if failed else "report.html")
    done = replace(done, report=shown(path))
    page = up_page(done, order.machine, order.typed, activate=activation(order.prefix, order.typed.shell), made=f"{datetime.now():%Y-%m-%d %H:%M}")
    try:
        folder.mkdir(exist_ok=True)
        write_text(path, page)
        if not failed:
            write_document(order.prefix / RECORD, replace(done, plan=shareable(done.plan) if isinstance(done.plan, Plan) else done.plan))
    except (DrivetrainError, OSError):
        # The environment is there and proven; a report that cannot be written must not undo that.
        return replace(done, report=None)
    return done


def _ended(step: Step, **fields: object) -> Up:
    return Up(seconds=FrozenMap(step.seconds), **fields)  # type: ignore[arg-type]


def _broken(order: Order, step: Step, failed_at: str, plan: Plan, error: DrivetrainError) -> Up:
    order.broke(error)
    return _ended(step, status="failed", failed_at=failed_at, plan=plan, says=" → ".join(filter(None, (error.says, error.next))))
