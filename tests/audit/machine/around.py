"""Machines with variables, as the rules about what lies around an environment are asked about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from audit.facts import RTX_4090, catalogue, environment, machine
from msgspec.structs import replace

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import Environment
from drivetrain.model.machine import Gpu, Machine, NamedFolder
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Plan

CPU_PLAN = Plan(accelerator="cpu", sources=(), python="3.11", packages=())


def with_variables(*gpus: Gpu, folders: Iterable[NamedFolder] = (), more: dict[str, Any] | None = None, **variables: str) -> Machine:
    """Gives a machine whose shells set these; an RTX 4090 where no GPU is named."""
    made = machine(*(gpus or (RTX_4090,)), variables=FrozenMap(variables), folders=tuple(folders))
    return replace(made, **(more or {}))


def folder(variable: str, path: str, *holds: str, exists: bool = True) -> NamedFolder:
    return NamedFolder(variable=variable, path=path, exists=exists, holds=holds)


def answers(rule: Rule, around: Machine, what: Environment | None = None, plan: Plan | None = None) -> tuple[Outcome, ...]:
    """Gives what one rule answers."""
    return tuple(rule.check(Context(machine=around, environment=what or environment(), catalogue=catalogue(), plan=plan)))


def found(rule: Rule, around: Machine, what: Environment | None = None) -> list[Outcome]:
    return [each for each in answers(rule, around, what) if each.state == "found"]


def states(rule: Rule, around: Machine, what: Environment | None = None) -> list[str]:
    return [each.state for each in answers(rule, around, what)]


def variables_of(outcome: Outcome) -> list[dict[str, str | None]]:
    """Gives what each fix sets, None for what it unsets."""
    return [dict(each.edit.variables) for each in outcome.fix if each.edit is not None and each.edit.variables]
