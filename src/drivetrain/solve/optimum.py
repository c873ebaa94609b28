"""Finds the best stack: grounds a window of releases, solves, and widens the window until the optimum is proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from drivetrain.solve import program
from drivetrain.solve.candidate import Candidate
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.ground import Ground, age_days, ages

SEARCH = ("--warn=none", "--opt-strategy=usc,stratify", "--opt-heuristic=sign,model")
"""Proves the optimum from below, level by level: over 118 programs 0.4 s, where improving one model after the other took 2.4 s and 0.9 s for the worst."""
FIRST_WINDOW_DAYS = 270
"""Most optima lie within a year or so of the newest release; a wider window is grounded only when it could hold a better one."""


class Stack(Struct, frozen=True, kw_only=True):
    """One solution: the Python and a candidate per distribution."""

    python: str
    picks: tuple[tuple[str, Candidate], ...]

    def pick(self, distribution: str) -> Candidate | None:
        return next((candidate for name, candidate in self.picks if name == distribution), None)


class Joint:
    """The logic program over one window, kept so that further questions (alone? with the newer one?) cost only their solving."""

    def __init__(self, sieve: Sieve, asked: tuple[str, ...], window: dict[str, int]) -> None:
        import clingo  # 30 ms: only when something is solved

        self._clingo = clingo
        self.ground = Ground(sieve, asked, window)
        self.sieve = sieve
        self.asked = asked
        self.window = window
        self._control = clingo.Control(SEARCH, logger=lambda code, message: None)
        self._control.add("base", [], program.PROGRAM + self.ground.text)
        self._control.ground([("base", [])])

    def best(self, asked: Iterable[str] | None = None, fixed: tuple[str, str] | None = None, *, frugal: bool = True) -> Stack | None:
        """Gives the best stack for some of what was asked, with one distribution held at a version if `fixed` says so.

        `frugal=False`: on the CPU a build with CUDA counts like any other.
        """
        self._control.assign_external(self._symbol("frugal"), frugal)
        wanted = set(self.asked if asked is None else asked)
        if fixed is None:
            return self._solve(wanted, [])
        number = self.ground.numbers[fixed[0]]
        outside = [
            (self._symbol("pick", number, option), False)
            for option, each in enumerate(self.ground.options)
            if each.build.distribution == fixed[0] and each.build.version != fixed[1]
        ]
        return self._solve(wanted, outside)

    def goes(self, held: Mapping[str, str]) -> bool:
        """Tells whether there is any stack of these distributions at these versions, whatever its cost."""
        numbers = {self.ground.numbers[name]: name for name in held}
        outside = [
            (self._symbol("pick", self.ground.numbers[each.build.distribution], option), False)
            for option, each in enumerate(self.ground.options)
            if self.ground.numbers[each.build.distribution] in numbers and each.build.version != held[each.build.distribution]
        ]
        for name in self.asked:
            self._control.assign_external(self._symbol("ask", self.ground.numbers[name]), name in held)
        self._control.configuration.solve.opt_mode = "ignore"  # type: ignore[union-attr]
        try:
            return bool(self._control.solve(assumptions=outside).satisfiable)
        finally:
            self._control.configuration.solve.opt_mode = "opt"  # type: ignore[union-attr]

    def _symbol(self, name: str, *numbers: int) -> Any:
        return self._clingo.Function(name, [self._clingo.Number(number) for number in numbers])

    def _solve(self, wanted: set[str], assumptions: list[tuple[Any, bool]]) -> Stack | None:
        for name in self.asked:
            self._control.assign_external(self._symbol("ask", self.ground.numbers[name]), name in wanted)
        symbols: Any = None
        with self._control.solve(assumptions=assumptions, yield_=True) as handle:
            for model in handle:
                symbols = model.symbols(shown=True)
        if symbols is None:
            return None
        python, picks = "", []
        for symbol in symbols:
            numbers = [argument.number for argument in symbol.arguments]
            if symbol.name == "python":
                python = self.sieve.target.pythons[numbers[0]]
            else:
                picks.append((self.ground.distributions[numbers[0]], self.ground.options[numbers[1]]))
        return Stack(python=python, picks=tuple(sorted(picks, key=lambda pick: pick[0])))


def best_stack(sieve: Sieve, asked: tuple[str, ...]) -> tuple[Stack, Joint] | None:
    """Gives the stack with the least cost under the objective, and the program that found it; None when there is none."""
    if not sieve.target.pythons or any(next(sieve.by_age(name), None) is None for name in asked):
        return None
    aged = [name for name in asked if ages(sieve, name)]
    window = dict.fromkeys(aged, FIRST_WINDOW_DAYS)
    while True:
        joint = Joint(sieve, asked, window)
        found = joint.best()
        beyond = [age for name in aged if name in window and (age := _beyond(sieve, name, window[name])) is not None]
        if found is None:
            if not beyond:
                return None
            window = {}
            continue
        # A release outside the window is at least so old: only one no older than the whole optimum could do better, or tie.
        total = _total(sieve, aged, found)
        if all(age > total for age in beyond):
            return found, joint
        window = dict.fromkeys(aged, total)


def _total(sieve: Sieve, aged: list[str], stack: Stack) -> int:
    picks = [(name, candidate) for name in aged if (candidate := stack.pick(name)) is not None]
    if sieve.prefers_cpu:
        for name, candidate in picks:
            # A build without CUDA comes before age, however old: where there is one, everything must be looked at.
            if candidate.build.brings_cuda and any(not each.build.brings_cuda for each in sieve.field(name).candidates):
                return 1 << 20
    return sum(age_days(sieve.newest_date(name), candidate.build) for name, candidate in picks)


def _beyond(sieve: Sieve, name: str, limit: int) -> int | None:
    """Gives the age of the youngest candidate that the window leaves out."""
    newest = sieve.newest_date(name)
    return next((age for each in sieve.by_age(name) if (age := age_days(newest, each.build)) > limit), None)
