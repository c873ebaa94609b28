"""The screen of a plan: the frameworks and why each is not newer, the one line of the stack, driver, size, and what to type."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Change, Package, Plan, Reason
from drivetrain.report.amounts import size
from drivetrain.report.columns import padded, table, width, wrapped
from drivetrain.report.driver_advice import driver_command, lacks_driver
from drivetrain.report.markup import styled
from drivetrain.report.typed import Typed, requirement_name
from drivetrain.words import say

_SHOWN = 3


def plan_screen(plan: Plan, machine: Machine | None, typed: Typed, *, alternatives: bool = False, next_lines: bool = True) -> list[str]:
    """Gives the lines of `drivetrain plan`."""
    lines = [*missing_driver(machine, typed), *package_rows(plan), "", stack_line(plan), *driver_lines(plan, machine), *size_lines(plan)]
    engine = [("conda", each.says) for each in plan.reasons if each.about == "conda"]
    asides = [(styled("name", name), says) for name, says in engine] + [
        (styled("warning", say("note")), f"{each.says} {styled('dim', f'[{each.cause}]')}") for each in plan.findings
    ]
    asides += [(say("assumed"), each) for each in plan.assumptions[:_SHOWN]]
    if len(plan.assumptions) > _SHOWN:
        asides.append(("", say("and {count} more: --json", count=len(plan.assumptions) - _SHOWN)))
    if asides:
        lines += ["", *table(asides)]
    if alternatives:
        lines += alternative_lines(plan, typed)
    return lines + (["", *_next(plan, machine, typed, shown=alternatives)] if next_lines else [])


def missing_driver(machine: Machine | None, typed: Typed) -> list[str]:
    """Says before anything else that the GPU has no driver, and what to type for one."""
    if machine is None or not lacks_driver(machine):
        return []
    gpu = machine.nvidia_gpus[0].name
    says = styled("warning", say("{gpu} has no driver: this is a stack for the CPU", gpu=gpu))
    return [says, *label_rows([(say("the driver"), styled("command", driver_command(machine, typed)))]), ""]


def package_rows(plan: Plan) -> list[str]:
    """Gives one row for each requested package, and for what it was built for: name, version, build, and why it is not newer."""
    rows = []
    left = say("resolved when it is locked") if plan.engine == "pip" else say("left to conda")
    for package in plan.packages:
        if package.requested:
            rows.append((styled("name", package.name), package.version, package.build, standing(package, plan)))
    rows += [
        (
            styled("name", each.name),
            each.version,
            each.build,
            say("to be installed when the rest is in place") if each.source else say("to be built when the rest is in place"),
        )
        for each in plan.to_compile
        if each.requested
    ]
    rows += [(each.name, each.version, each.build, say("comes along")) for each in plan.packages if each.build and not each.requested]
    rows += [(each, "", "", left) for each in plan.requirements if plan.package(requirement_name(each)) is None]
    if rows and not any(row[2] for row in rows):
        rows = [(row[0], row[1], row[3]) for row in rows]  # type: ignore[misc]
    return table(rows, columns=100)


def standing(package: Package, plan: Plan) -> str:
    """Says whether this is the newest release, and if not, what speaks against the newer ones."""
    days = plan.age_days.get(package.called)
    reasons = reasons_about(plan, package.called)
    if days == 0 and not any(each.version and each.version != package.version for each in reasons):
        return say("newest")
    newer = [each for each in reasons if each.version and each.version != package.version] or reasons
    # That conda-forge lacks a release is of no use to anybody; why one that it has was left out comes first.
    newer = [each for each in newer if plan.engine == "pip" or each.cause != "source-not-counted"] or newer
    if newer:
        return said_of(newer[0])
    if days:
        return say("{days} days older than the newest that this target could run", days=days)
    return say("newest") if days == 0 else asked_as(package, plan)


def asked_as(package: Package, plan: Plan) -> str:
    """Says how a package was asked for that the catalogue does not plan."""
    text = next((each for each in plan.requirements if requirement_name(each) == package.name), "")
    return "" if text in ("", package.name) else say("asked for as {requirement}", requirement=text)


def reasons_about(plan: Plan, name: str) -> tuple[Reason, ...]:
    """Gives the plan's reasons about one package."""
    return tuple(each for each in plan.reasons if each.about == name)


def said_of(reason: Reason) -> str:
    """Gives a reason as one sentence that names the release it speaks of, and not the package: its name stands beside it."""
    says = reason.says.removeprefix(f"{reason.about} ")
    if reason.version and (reason.version not in says or says.startswith(say("left out"))):
        return f"{reason.version} {says}"
    return says


def stack_line(plan: Plan) -> str:
    """Gives the parts that all frameworks share, in one line."""
    shared = shared_parts(plan)
    line = " · ".join(f"{name} {version}" for name, version in shared)
    return line + (say(", one of each") if len(shared) > 2 else "")


def shared_parts(plan: Plan) -> list[tuple[str, str]]:
    """Gives Python, CUDA, cuDNN and NCCL with their versions, those that the plan has."""
    parts = [("Python", plan.python)]
    if plan.cuda is not None:
        parts.append(("CUDA", plan.cuda.version))
    if plan.cudnn:
        parts.append(("cuDNN", plan.cudnn))
    nccl = next((each for each in plan.packages if each.name.startswith("nvidia-nccl")), None) if plan.cuda is not None else None
    return [*parts, ("NCCL", nccl.version)] if nccl else parts


def driver_lines(plan: Plan, machine: Machine | None) -> list[str]:
    """Says how the driver stands to the plan's CUDA."""
    if plan.cuda is None:
        return [say("runs on the CPU: no driver is needed")] if plan.accelerator == "cpu" else []
    driver = machine.driver.version if machine and machine.driver else None
    if driver is None:
        needed = plan.cuda.driver_minimum
        return wrapped(say("needs driver {minimum} or newer", minimum=needed)) if needed else []
    if plan.cuda.compatibility == "full":
        return [say("driver {driver} serves CUDA {cuda} in full", driver=driver, cuda=plan.cuda.version)]
    text = say("driver {driver} serves CUDA {cuda} through minor-version compatibility", driver=driver, cuda=plan.cuda.version)
    return wrapped(text if plan.cuda.jit else say("{text}: it cannot compile PTX of that CUDA (no JIT)", text=text))


def size_lines(plan: Plan) -> list[str]:
    """Says how much is downloaded, how much disk it takes and where it comes from."""
    pieces = [say("{amount} to download", amount=size(plan.download_bytes))] if plan.download_bytes else []
    if plan.installed_bytes:
        pieces.append(say("{amount} on disk", amount=size(plan.installed_bytes)))
    places = say("from {places}", places=places_of(plan)) if plan.sources else ""
    return wrapped(say("; ").join(filter(None, (say(", ").join(pieces), places)))) if pieces or places else []


def places_of(plan: Plan) -> str:
    """Gives the places that the plan counted on, as a sentence lists them."""
    named = [say("the package index") if each == say("package index") else each for each in plan.sources]
    if len(named) == 1:
        return named[0]
    return say("{places} and {last}", places=reduce(lambda one, other: say("{one}, {other}", one=one, other=other), named[:-1]), last=named[-1])


def summary(plan: Plan) -> str:
    """Gives the whole stack in one line: frameworks with builds, Python, CUDA, cuDNN."""
    frameworks = [" ".join(filter(None, (each.name, each.version, each.build))) for each in plan.packages if each.requested]
    return say(", ").join([*frameworks, *(f"{name} {version}" for name, version in shared_parts(plan)[:3])])


def alternative_lines(plan: Plan, typed: Typed) -> list[str]:
    """Gives each alternative with its stack, what it costs against the plan, and the line to type."""
    if not plan.alternatives:
        return ["", say("no other stack is worth naming")]
    lines: list[str] = []
    for number, each in enumerate(plan.alternatives, start=1):
        lines += ["", f"{number}  {styled('strong', each.what)}"]
        lines += ["   " + line for line in wrapped(each.costs, 93)]
        if each.change != Change():
            verb = "plan" if each.change.engine == "conda" or typed.names_target else typed.verb
            lines.append("   " + styled("command", typed.changed(each.change).line(verb)))
    return lines


def _next(plan: Plan, machine: Machine | None, typed: Typed, *, shown: bool) -> list[str]:
    rows: list[tuple[str, str]] = []
    reasoned = next((each.name for each in plan.packages if each.requested and reasons_about(plan, each.called)), None)
    if reasoned and typed.verb == "up":
        rows.append((say("why"), styled("command", typed.line("plan", "--why", reasoned))))
    if plan.alternatives and not shown and typed.verb == "up":
        names = " · ".join(each.what for each in plan.alternatives[:_SHOWN])
        rows.append((say("otherwise"), f"{names}   {styled('command', '--alternatives')}"))
    elif any(plan.age_days.values()) and not shown and typed.verb == "up":
        rows.append((say("otherwise"), styled("command", typed.line("plan", "--alternatives"))))
    bare = machine is not None and not machine.described and not machine.gpus
    if bare and plan.accelerator == "cpu" and typed.verb == "up" and not typed.has("--machine") and not typed.has("--accelerator"):
        rows.append((say("with a GPU"), styled("command", typed.line("plan", "--gpu", "RTX 4090", "--driver", "560"))))
    for at, command in enumerate(plan.commands or (typed.line(typed.verb),)):
        rows.append((say("do it") if at == 0 else "", styled("command", command)))
    return label_rows(rows)


def label_rows(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Gives a label and a text on each line, never broken: they hold commands."""
    listed = list(rows)
    widest = max((width(label) for label, _ in listed), default=0) + 2
    return [(padded(label, widest) + text).rstrip() for label, text in listed]
