"""What a rule is: one declaration with its cause, how bad it is, and a check over facts that never change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from msgspec import Struct

from drivetrain.audit.loader.reading import Loader
from drivetrain.catalogue import Catalogue
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import BuildFacts, Environment, Installed
from drivetrain.model.machine import Gpu, Machine, NamedFolder
from drivetrain.model.outcome import Evidence, Fix, Outcome, Severity
from drivetrain.model.plan import Plan

WHOLE = "environment"
"""What an answer is about that concerns no single distribution; its path is the audit's own, and staging has another."""

_STATES = ("found", "unknown", "clear")
_SEVERITIES = ("error", "warning", "note")


class Context(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that a rule may look at."""

    machine: Machine
    environment: Environment
    catalogue: Catalogue
    plan: Plan | None = None

    @property
    def accelerator(self) -> str | None:
        """What the environment is meant to compute on, where a plan or drivetrain's own record says it."""
        return self.plan.accelerator if self.plan else self.environment.accelerator

    @property
    def runs_here(self) -> bool:
        """Whether the environment is of the machine's own operating system."""
        return self.environment.platform == self.machine.os.family

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        """The NVIDIA GPUs that the environment is meant for."""
        wanted = self.environment.gpus
        return self.machine.nvidia_gpus if wanted is None else tuple(gpu for index, gpu in enumerate(self.machine.nvidia_gpus) if index in wanted)

    @property
    def variables(self) -> FrozenMap[str] | None:
        """The variables that programs of this environment find; None where they are not known.

        A machine that flags describe has none, and an environment in the making is judged by itself, whoever makes it.
        """
        return None if self.machine.described or self.plan is not None or not self.runs_here else self.machine.variables

    def variable(self, name: str) -> str | None:
        """Gives the value of one; None where it is not set or none is known."""
        return None if self.variables is None else self.variables.get(name)

    @property
    def meant_for_cpu(self) -> bool:
        """Whether it was planned to compute without the GPU."""
        return self.accelerator in ("cpu", "mps")

    def named(self, variable: str) -> tuple[NamedFolder, ...]:
        """Gives the folders that a variable names, those that were looked at."""
        return tuple(each for each in self.machine.folders if each.variable == variable)

    def first(self, *names: str) -> Installed | None:
        """Gives the first of these distributions that is installed."""
        return next((one for name in names if (one := self.environment.distribution(name)) is not None), None)

    @cached_property
    def loader(self) -> Loader:
        """What the dynamic loader would do here; each process is simulated once for all rules."""
        return Loader(self.environment, self.catalogue.frameworks)

    def facts(self, *distributions: str) -> BuildFacts | None:
        """Gives the build facts of the first of these distributions that has any."""
        return next((each for name in distributions for each in self.environment.builds if each.distribution == name), None)


class Rule(Struct, frozen=True, kw_only=True):
    """One rule."""

    cause: str
    """The slug of its page; a check may answer with a nearer cause where the facts tell it."""
    severity: Severity
    check: Callable[[Context], Iterable[Outcome]]
    """Gives at least one outcome, whatever the facts."""
    sources: tuple[str, ...] = ()

    def found(
        self,
        about: str,
        says: str,
        evidence: Iterable[Evidence] = (),
        fix: Iterable[Fix] = (),
        *,
        cause: str | None = None,
        severity: Severity | None = None,
        sources: tuple[str, ...] | None = None,
    ) -> Outcome:
        """Gives the outcome that something is wrong."""
        return Outcome(
            cause=cause or self.cause,
            state="found",
            severity=severity or self.severity,
            about=about,
            says=says,
            evidence=tuple(evidence),
            fix=tuple(fix),
            sources=self.sources if sources is None else sources,
        )

    def clear(self, about: str, says: str, *, cause: str | None = None) -> Outcome:
        """Gives the outcome that nothing is wrong, and why."""
        return Outcome(cause=cause or self.cause, state="clear", severity=self.severity, about=about, says=says)

    def unknown(self, about: str, says: str, *, cause: str | None = None, evidence: Iterable[Evidence] = ()) -> Outcome:
        """Gives the outcome that the facts do not tell, and which are missing."""
        return Outcome(cause=cause or self.cause, state="unknown", severity=self.severity, about=about, says=says, evidence=tuple(evidence))


def older(version: str, than: str) -> bool | None:
    """Tells whether a distribution is of a release before another; None for a version that cannot be ordered."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version).release < Version(than).release
    except InvalidVersion:
        return None


def ranked(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Gives the outcomes in the order of reading; equals stay in the order of the rules."""
    return tuple(sorted(outcomes, key=lambda one: (_STATES.index(one.state), _SEVERITIES.index(one.severity))))
