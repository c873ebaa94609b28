"""Who takes part when several machines are planned for: each with its own request, those that share a plan, and by what a plan is told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.plans import PlatformOf
from drivetrain.model.request import Request, Wish
from drivetrain.words import say


class Member(Struct, frozen=True, kw_only=True):
    """One machine that is planned for, and what is asked for there."""

    name: str
    machine: Machine
    request: Request
    here: bool = False


class Party(Struct, frozen=True, kw_only=True):
    """Members that get one plan, and the machine that stands for them."""

    members: tuple[Member, ...]
    machine: Machine
    request: Request
    plan: Plan
    """Its best stack while nothing binds it to the others."""


_SHOWN = 3
"""Machines that are named before the others are counted."""


def named(members: Sequence[Member]) -> str:
    """Names the first of them and counts the others."""
    names = say(", ").join(each.name for each in members[:_SHOWN])
    return names + (say(" and {count} more", count=len(members) - _SHOWN) if len(members) > _SHOWN else "")


def platform(machine: Machine) -> tuple[str, str]:
    """Gives what wheels are made for: operating system and architecture."""
    return machine.os.family, {"arm64": "aarch64", "amd64": "x86_64"}.get(machine.arch, machine.arch)


def platform_of(machine: Machine) -> PlatformOf:
    """Gives the facts by which a plan is found again for its machine."""
    capabilities = tuple(sorted({gpu.compute_capability for gpu in machine.nvidia_gpus if gpu.compute_capability}))
    os, arch = platform(machine)
    return PlatformOf(os=os, wsl=machine.os.wsl is not None, arch=arch, capabilities=capabilities)


def pinned(party: Party, pins: Mapping[str, str]) -> tuple[Wish, ...]:
    """Gives the agreed releases as constraints."""
    from drivetrain.formats.requirements import wish_of

    return tuple(wish_of(f"{name}=={version}", origin=say("all targets together")) for name, version in pins.items() if party.plan.package(name))
