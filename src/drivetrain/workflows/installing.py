"""`install`: the environment exactly as a plan or a lock has it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from drivetrain.errors import EngineError, FileError, UsageError
from drivetrain.model.documents import decode
from drivetrain.model.lock import Clash, Lock
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.plans import Plans
from drivetrain.model.report import Install
from drivetrain.model.request import Request
from drivetrain.report.amounts import duration, size
from drivetrain.words import say, why
from drivetrain.workflows.making import agree_to_download, told
from drivetrain.workflows.prefixes import shown
from drivetrain.workflows.progress import Progress, Silent

if TYPE_CHECKING:
    from drivetrain.install import EngineSettings


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What is to be installed where."""

    file: str
    prefix: Path
    python: str | None = None
    wanted: str | None = None
    """Which of several plans: a machine, a target, a requirement or an environment of theirs."""
    fetch_python: bool = False
    offline: bool = False
    cache_dir: str | None = None
    ask: Callable[[str, bool], bool] = lambda question, otherwise: otherwise
    progress: Progress = field(default_factory=Silent)


def install(order: Installation) -> Install:
    """Installs the plan or lock; raises the tree of errors, and leaves what was there as it was until the new one is complete."""
    from drivetrain.frameworks import frameworks
    from drivetrain.install import Order as Lot
    from drivetrain.install import check_prefix, commit, discard, interpreter_for, stage
    from drivetrain.workflows.engine import engine_settings
    from drivetrain.workflows.machine import this_machine

    read = plan_or_lock(order.file)
    check_prefix(order.prefix)
    machine = _with_python(this_machine(), order.python)
    found = _one_of(read, order, machine) if isinstance(read, Plans) else read
    plan = found if isinstance(found, Plan) else None
    _refuse_other_python(order, found, machine)
    request = _request_of(plan, fetch_python=order.fetch_python) if plan else None
    settings = engine_settings(request, frameworks(), cache_dir=order.cache_dir, offline=order.offline)
    wanted = plan or Plan(accelerator="cpu", sources=(), python=_python_of(found, machine, order.python), packages=())
    if wanted.engine != "pip":
        raise UsageError(say("a plan with conda packages cannot be installed yet"), " ; ".join(wanted.commands))
    interpreter = interpreter_for(wanted, machine, settings, order.fetch_python)
    if isinstance(found, Plan):
        order.progress.step(say("locking"))
    lock = found if isinstance(found, Lock) else _lock(wanted, request or Request(wishes=()), machine, interpreter, settings)
    agree_to_download(lock, machine, order.prefix, order.ask)
    order.progress.step(say("installing"))
    began = time.monotonic()
    staged = stage(Lot(lock=lock, prefix=order.prefix, interpreter=interpreter, plan=plan, request=request, machine=machine), settings, told(order.progress))
    if staged.contested:
        discard(staged)
        raise EngineError(
            say("{count} files belong to several distributions with different content, first {file}", count=len(staged.contested), file=staged.contested[0]),
            say("plan it anew: drivetrain up takes one CUDA for all"),
        )
    committed = commit(staged)
    seconds = round(time.monotonic() - began, 3)
    order.progress.finish(
        say("installed: {count} distributions, {size}, in {time}", count=staged.distributions, size=size(staged.bytes), time=duration(seconds))
    )
    return Install(
        prefix=shown(order.prefix),
        lock=order.file if isinstance(found, Lock) else shown(order.prefix / "drivetrain" / "pylock.toml"),
        distributions=staged.distributions,
        bytes=staged.bytes,
        seconds=seconds,
        previous=shown(committed.previous) if committed.previous else None,
    )


_REQUIREMENTS = ("pyproject.toml", "uv.lock")
_SUFFIXES = (".txt", ".in", ".yml", ".yaml")


def _one_of(plans: Plans, order: Installation, machine: Machine) -> Plan:
    """Gives the plan that is for this machine, and says which it is."""
    from drivetrain.workflows.cache import cache_folder
    from drivetrain.workflows.chosen import chosen
    from drivetrain.workflows.facts import catalogue_for

    row = chosen(plans, order.wanted, machine, order.file, catalogue_for(None, machine, cache_folder(order.cache_dir)))
    names = say(", ").join(row.machines or row.names)
    order.progress.finish(say("of {count} plans the one for {names}", count=len(plans.plans), names=names))
    assert isinstance(row.plan, Plan)
    return row.plan


def plan_or_lock(name: str) -> Plan | Lock | Plans:
    """Reads a plan, or several, that `plan -o` wrote, or a lock; raises FileError that says what is wrong with it."""
    from drivetrain.install import read_lock

    path = Path(name).expanduser()
    if path.name in _REQUIREMENTS or path.suffix in _SUFFIXES:
        raise UsageError(say("{file} holds requirements, no plan and no lock", file=name), say("install what they ask for: drivetrain up -r {file}", file=name))
    if path.suffix == ".toml":
        return read_lock(path)
    try:
        content = path.read_bytes()
        if b'"drivetrain/plans/1"' in content[:200]:
            return decode(content, Plans)
        answer = decode(content, Plan | Refusal)  # type: ignore[arg-type]
    except OSError as error:
        raise FileError(say("{file} cannot be read: {reason}", file=name, reason=why(error)), say("write one: drivetrain plan ... -o plan.json")) from error
    except msgspec.MsgspecError as error:
        reason = str(error).replace("`", "")
        raise FileError(say("{file} is no plan: {reason}", file=name, reason=reason), say("write one: drivetrain plan ... -o plan.json")) from error
    if isinstance(answer, Refusal):
        raise UsageError(say("{file} is a refusal, not a plan", file=name), say("plan it anew with one of its ways out"))
    return answer


def _request_of(plan: Plan, *, fetch_python: bool) -> Request:
    """Gives the request that a plan alone lets one guess: its frameworks at their versions, and what goes to the resolver."""
    from drivetrain.formats.requirements import wish_of

    asked = [f"{each.name}=={each.version}" for each in plan.packages if each.requested]
    wishes = [wish_of(each) for each in (*asked, *plan.requirements)]
    accelerator = "cpu" if plan.accelerator == "cpu" else "auto"
    return Request(wishes=tuple(wishes), accelerator=accelerator, fetch_python=fetch_python)  # type: ignore[arg-type]


def _lock(plan: Plan, request: Request, machine: Machine, interpreter: Path, settings: EngineSettings) -> Lock:
    from drivetrain.install import lock

    made = lock(plan, request, machine, interpreter, settings)
    if isinstance(made, Clash):
        raise EngineError(say("the plan cannot be resolved here: {reason}", reason=" ".join(made.says.split())), say("plan it anew on this machine"))
    return made


def _refuse_other_python(order: Installation, found: Plan | Lock, machine: Machine) -> None:
    """A plan and most locks are for one Python; another one that is asked for contradicts them."""
    asked = order.python if order.python and order.python[0].isdigit() else _asked_version(machine) if order.python else None
    named = _digits(found.python)
    if asked and named and asked.split(".")[:2] != named.split(".")[:2]:
        raise UsageError(
            say("--python {asked} and {file} contradict each other: it is for Python {named}", asked=order.python, file=order.file, named=named),
            say("leave --python out, or plan anew: drivetrain plan ... --python {asked} -o plan.json", asked=order.python),
        )


def _asked_version(machine: Machine) -> str | None:
    return next((each.version for each in machine.pythons or () if each.source == "asked"), None)


def _digits(text: str) -> str:
    """Gives "3.12" for ">=3.12"; empty for none."""
    found = "".join(each if each.isdigit() or each == "." else " " for each in text).split()
    return found[0] if found else ""


def _python_of(lock: Plan | Lock, machine: Machine, python: str | None) -> str:
    """Gives the Python that a lock is for: the one asked for, else the one it names, else the newest that the machine has."""
    if python and python[0].isdigit():
        return ".".join(python.split(".")[:2])
    named = _digits(lock.python) if isinstance(lock, Lock) else ""
    newest = max(
        (each.version for each in machine.pythons or ()), key=lambda each: tuple(int(part) for part in each.split(".")[:2] if part.isdigit()), default=""
    )
    version = _asked_version(machine) or named or newest
    if not version:
        raise UsageError(say("this machine has no Python that the lock could be for"), say("name one: --python 3.12 --fetch-python"))
    return ".".join(version.split(".")[:2])


def _with_python(machine: Machine, python: str | None) -> Machine:
    from drivetrain.workflows.machine import asked_interpreter

    if not python or python[0].isdigit():
        return machine
    return replace(machine, pythons=(asked_interpreter(python), *(machine.pythons or ())))
