"""What is said, and asked, before anything is made: a GPU that is missing or has no driver, a Python that would have to be downloaded."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from drivetrain.errors import Interrupted
from drivetrain.model.plan import Refusal
from drivetrain.report.driver_advice import driver_command, lacks_driver
from drivetrain.words import say
from drivetrain.workflows.order import Order
from drivetrain.workflows.resolving import Bench


def say_what_is_missing(order: Order) -> None:
    """Says before anything else that there is no GPU, or one without a driver; asks whether to go on without it."""
    machine = order.machine
    if order.request.accelerator != "auto" or machine.described:
        return
    if lacks_driver(machine):
        gpu, command = machine.nvidia_gpus[0].name, driver_command(machine, order.typed)
        order.progress.finish(say("{gpu} has no NVIDIA driver: {command}", gpu=gpu, command=command))
        if not order.ask(say("go on with the CPU?"), True):
            raise Interrupted(say("stopped: nothing was changed"), say("install the driver, restart, then type the same again"))
    elif not machine.nvidia_gpus and order.typed.verb == "up":
        command = order.typed.line("plan", "--gpu", "RTX 4090", "--driver", "560")
        order.progress.finish(say("no NVIDIA GPU was found: a stack for the CPU; with one it would be: {command}", command=command))


def with_fetched_python(order: Order, bench: Bench) -> Order | None:
    """Gives the order with a Python that may be downloaded, where that alone would serve it and somebody agrees."""
    if order.request.fetch_python or order.dry_run or not order.here:
        return None
    request = replace(order.request, fetch_python=True)
    answer = bench.plan(request, relaxations=False)
    if isinstance(answer, Refusal):
        return None
    question = say("this machine has no Python {version}, which would serve it; download it?", version=answer.python)
    return dataclasses.replace(order, request=request) if order.ask(question, False) else None
