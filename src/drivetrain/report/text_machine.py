"""The screen of a machine: first what a person looks for (GPU, memory, driver, ceiling), then what plans depend on."""

from __future__ import annotations

from drivetrain.model.machine import Gpu, Machine
from drivetrain.report.amounts import memory, size
from drivetrain.report.columns import table
from drivetrain.report.driver_advice import driver_command, lacks_driver
from drivetrain.report.markup import styled
from drivetrain.report.typed import Typed
from drivetrain.words import say

_SHOWN = 6
"""Rows of a list before "and N more": one screen is the aim."""


def machine_screen(machine: Machine, typed: Typed) -> list[str]:
    """Gives the lines of `drivetrain probe`."""
    lines = table(head_rows(machine), gap=3, columns=100)
    lines += ["", *table(_system(machine))]
    notes = [(styled("warning", say("note")), f"{note.says} {styled('dim', f'[{note.cause}]')}") for note in machine.notes]
    if notes:
        lines += ["", *table(notes)]
    return [*lines, "", *table(_next(machine, typed), columns=100)]


def _next(machine: Machine, typed: Typed) -> list[tuple[str, ...]]:
    if lacks_driver(machine):
        return [
            (say("the driver"), styled("command", driver_command(machine, typed))),
            (say("or the CPU"), styled("command", typed.bare("plan", *typed.examples, "--accelerator", "cpu"))),
        ]
    return [(say("next"), styled("command", typed.bare("plan", *typed.examples)))]


def head_rows(machine: Machine) -> list[tuple[str, ...]]:
    """Gives the rows that a setup guide reads off a screenshot: GPUs, driver and the highest CUDA."""
    rows = [gpu_row(gpu) for gpu in machine.gpus]
    if not rows:
        rows.append((styled("strong", say("no NVIDIA GPU was found")), say("frameworks run on the CPU")))
    if machine.driver is not None:
        ceiling = say("CUDA up to {version}", version=machine.driver.cuda) if machine.driver.cuda else say("highest CUDA unknown")
        rows.append((say("driver {version}", version=machine.driver.version), styled("strong", ceiling)))
    elif machine.nvidia_gpus:
        rows.append((styled("error", say("no NVIDIA driver")), say("the GPU cannot be used until one is installed")))
    return rows


def gpu_row(gpu: Gpu) -> tuple[str, ...]:
    """Gives name, memory with load, and compute capability of one GPU."""
    load = [memory(gpu.memory_total_bytes)] if gpu.memory_total_bytes else []
    if gpu.memory_used_bytes is not None:
        load.append(say("{used} in use", used=memory(gpu.memory_used_bytes)))
    if gpu.utilization_percent is not None:
        load.append(say("{percent} % busy", percent=gpu.utilization_percent))
    capability = say("compute capability {capability}", capability=gpu.compute_capability) if gpu.compute_capability else ""
    cells = (styled("strong", gpu.name), say(", ").join(load), capability)
    return tuple(each for at, each in enumerate(cells) if each or at == 0)


def _system(machine: Machine) -> list[tuple[str, ...]]:
    os = machine.os
    parts = [os.name or os.family]
    if os.kernel:
        parts.append(say("kernel {version}", version=os.kernel))
    if os.glibc:
        parts.append(f"glibc {os.glibc}")
    parts.append(machine.arch)
    if os.wsl:
        parts.append(f"WSL {os.wsl}")
    if os.container:
        parts.append(say("in a container ({kind})", kind=os.container))
    rows = [(say("system"), say(", ").join(parts))]
    if machine.cpu.model or machine.cpu.cores:
        cores = say("{count} cores", count=machine.cpu.cores) if machine.cpu.cores else ""
        rows.append((say("processor"), say(", ").join(filter(None, (machine.cpu.model, cores, " ".join(machine.cpu.features))))))
    room = [say("{amount} of memory", amount=memory(machine.memory_bytes))] if machine.memory_bytes else []
    if machine.disk_free_bytes is not None:
        room.append(say("{amount} free on this disk", amount=size(machine.disk_free_bytes)))
    if room:
        rows.append((say("room"), say(", ").join(room)))
    return rows + _found(machine)


def _found(machine: Machine) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    if machine.pythons is None:
        rows.append(("Python", say("any version counts on a described target")))
    else:
        rows += _listed("Python", [(each.version, each.path) for each in machine.pythons])
    rows += _listed(say("CUDA toolkit"), [(each.version, each.path) for each in machine.toolkits])
    rows += _listed("cuDNN", [(each.version, each.path) for each in machine.cudnn])
    rows += _listed(say("environment"), [(each.kind, each.path) for each in machine.environments])
    answers = {True: say("answers"), False: styled("warning", say("does not answer")), None: ""}
    rows += _listed(say("packages from"), [(each.kind, " ".join(filter(None, (each.name, answers[each.reachable])))) for each in machine.indexes])
    rows += _listed(say("constraint"), [("", each) for each in machine.constraints])
    rows += _listed(say("variable"), [("", f"{name}={value}") for name, value in sorted(machine.variables.items())])
    return rows


def _listed(title: str, pairs: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    rows = [(title if at == 0 else "", *(each for each in pair if each)) for at, pair in enumerate(pairs[:_SHOWN])]
    widest = max((len(first) for first, _ in pairs[:_SHOWN]), default=0)
    merged: list[tuple[str, ...]] = [(row[0], "  ".join((row[1].ljust(widest), row[2])) if len(row) == 3 else row[1]) for row in rows]
    if len(pairs) > _SHOWN:
        merged.append(("", say("and {count} more: --json", count=len(pairs) - _SHOWN)))
    return merged
