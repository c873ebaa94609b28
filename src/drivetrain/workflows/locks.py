"""Writes the lock of each plan: a file that installs exactly that, made here for whichever machine the plan is for."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from drivetrain.errors import EngineError
from drivetrain.model.lock import Clash
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.plans import PlanFor
from drivetrain.model.request import Request
from drivetrain.words import say
from drivetrain.workflows.planning import Settings


class Locks:
    """The folder that locks are written to, and those that are there already."""

    def __init__(self, folder: str, settings: Settings) -> None:
        self.folder = Path(folder).expanduser()
        self.settings = settings
        self.written: list[Path] = []

    def write(self, row: PlanFor, request: Request, machine: Machine) -> None:
        """Locks one of several plans under its own name; a refusal has nothing to lock."""
        if isinstance(row.plan, Plan):
            self.write_as(f"pylock.{_slug(row)}.toml", row.plan, request, machine)

    def write_as(self, name: str, plan: Plan, request: Request, machine: Machine) -> None:
        """Locks a plan; raises EngineError where uv finds that it cannot be resolved."""
        from drivetrain.install import lock, write_lock
        from drivetrain.workflows.cache import cache_folder
        from drivetrain.workflows.engine import engine_settings
        from drivetrain.workflows.facts import catalogue_for

        facts = catalogue_for(request, machine, cache_folder(self.settings.cache_dir), here=False)
        engine = engine_settings(request, facts.frameworks, cache_dir=self.settings.cache_dir, offline=self.settings.offline)
        made = lock(plan, request, machine, plan.python, engine)
        if isinstance(made, Clash):
            raise EngineError(say("the plan cannot be resolved here: {reason}", reason=" ".join(made.says.split())), say("plan it anew on this machine"))
        path = self.folder / name
        write_lock(made, path)
        self.written.append(path)


def _slug(row: PlanFor) -> str:
    """Gives the name between "pylock." and ".toml", which PEP 751 lets hold no dot."""
    name = PurePath(row.machines[0]).stem if row.machines else row.prefix.lstrip("./").removeprefix("venv-") or "-".join(row.names)
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "plan"
