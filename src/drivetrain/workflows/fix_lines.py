"""Makes what is typed of a proposal: planned for the machine that is meant, written for its shell and distribution."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.diagnose.mending import Proposal
from drivetrain.diagnose.propositions import Propositions
from drivetrain.errors import DrivetrainError
from drivetrain.model.cause import EditOfPage
from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Fix
from drivetrain.model.plan import Edit, Plan, Refusal
from drivetrain.report.shell import Shell, quoted, variable_line
from drivetrain.report.typed import Typed
from drivetrain.words import say
from drivetrain.workflows.planning import Settings

MOST_PLANS = 2
"""How many fixes of a diagnosis are planned: each asks the planner, and nobody tries the fifth."""


class Meant(Struct, frozen=True, kw_only=True):
    """The machine that a log came from, and how lines for it are written."""

    propositions: Propositions
    machine: Machine | None
    """This one, where the log is its own; None where only facts are known."""
    typed: Typed
    settings: Settings


class FixLines:
    """Makes fixes of proposals, a few of them planned."""

    def __init__(self, meant: Meant) -> None:
        self._meant = meant
        self._plans = 0
        self._facts = meant.propositions.facts

    def fix(self, proposal: Proposal) -> Fix:
        """Gives the fix with its lines."""
        planned = self._planned(proposal)
        if planned is not None:
            return planned
        edit = _edit_of(proposal.edit) if proposal.edit else None
        says = proposal.says
        commands = proposal.commands
        if proposal.does:
            commands = (*self._driver(proposal), *commands)
            if self._meant.propositions.holds("in-container"):
                says = say("{says} On the host, not in the container.", says=says)
        if edit is not None and not commands:
            commands = edit_lines(edit, self.shell)
        return Fix(says=says, edit=edit, commands=tuple(commands), safety=proposal.safety)

    @property
    def shell(self) -> Shell:
        """The shell in use here; of a Windows machine that only facts tell of, PowerShell."""
        if self._meant.machine is None and self._facts.get("os") == "windows":
            return "powershell"
        return self._meant.typed.shell

    def _driver(self, proposal: Proposal) -> tuple[str, ...]:
        from drivetrain.catalogue import drivers
        from drivetrain.report.driver_lines import driver_lines

        cuda, target = self._meant.propositions.cuda, self._meant.propositions.target
        minimum = drivers.minimum_driver(cuda, target.os, wsl=target.wsl) if cuda else None
        assert proposal.does is not None
        return driver_lines(
            proposal.does, system=self._facts.get("os", "linux"), distribution=self._facts.get("distro", ""), branch=minimum.split(".")[0] if minimum else None
        )

    def _planned(self, proposal: Proposal) -> Fix | None:
        """Gives the fix with a stack that the planner found; None where it was not asked or has none."""
        if not proposal.request:
            return None
        typed = replace(self._meant.typed, requirements=proposal.request, flags=())
        if self._gpu_unknown:
            # A plan for a machine whose GPU nobody knows would be one for the CPU: who types the line there gets theirs.
            return Fix(says=proposal.says, edit=Edit(require=proposal.request), commands=(typed.line("up"), *proposal.commands), safety=proposal.safety)
        if self._plans >= MOST_PLANS:
            return None
        self._plans += 1
        try:
            plan = self._plan(proposal.request)
        except DrivetrainError:
            return None  # A fact that the planner cannot read: what the page has to type still stands.
        if not isinstance(plan, Plan):
            return None
        frameworks = [each for each in plan.packages if each.requested]
        stack = " · ".join(" ".join(filter(None, (each.called, each.version, each.build))) for each in frameworks)
        return Fix(
            says=say("{says} It gives {stack}, Python {python}.", says=proposal.says, stack=stack, python=plan.python),
            edit=Edit(require=tuple(f"{each.called}=={each.version}" for each in frameworks)),
            commands=(typed.line("up"),) if plan.engine == "pip" else plan.commands or (typed.line("plan"),),
            safety=proposal.safety,
        )

    @property
    def _gpu_unknown(self) -> bool:
        known = self._meant.propositions
        return self._meant.machine is None and known.capability is None and known.holds("no-nvidia-gpu") is not True

    def _plan(self, request: tuple[str, ...]) -> Plan | Refusal:
        from drivetrain.formats.requirements import wish_of
        from drivetrain.model.request import Request
        from drivetrain.workflows.planning import plan_for

        wishes = tuple(wish_of(each) for each in request)
        if self._meant.machine is not None:
            return plan_for(Request(wishes=wishes), self._meant.machine, here=True, settings=self._meant.settings)
        return plan_for(Request(wishes=wishes), described_machine(self._meant.propositions), here=False, settings=self._meant.settings)


def described_machine(propositions: Propositions) -> Machine:
    """Gives the machine that facts describe."""
    from drivetrain.workflows.machine import changed_machine

    facts = propositions.facts
    system = facts.get("os", "linux")
    system = system if system in ("linux", "windows", "wsl2", "macos") else "linux"
    arch = facts.get("arch") if facts.get("arch") in ("x86_64", "aarch64", "arm64") else None
    gpu = f"sm_{propositions.capability.replace('.', '')}" if propositions.capability and system != "macos" else None
    driver = propositions.target.driver if system != "macos" else None
    return changed_machine(None, os=system, arch=arch, gpus=(gpu,) if gpu else (), driver=driver, glibc=None)


def edit_lines(edit: Edit, shell: Shell) -> tuple[str, ...]:
    """Gives the lines that make an edit by hand."""
    lines = [variable_line(name, value, shell) for name, value in edit.variables.items()]
    if edit.drop:
        lines.append(f"python -m pip uninstall -y {' '.join(quoted(each, shell) for each in edit.drop)}")
    if edit.require:
        lines.append(f"python -m pip install {' '.join(quoted(each, shell) for each in edit.require)}")
    return tuple(lines)


def _edit_of(edit: EditOfPage) -> Edit:
    variables: Mapping[str, str | None] = {**edit.variables, **dict.fromkeys(edit.unset)}
    return Edit(require=edit.require, drop=tuple(dict.fromkeys((*edit.drop, *edit.remove))), variables=FrozenMap(variables))
