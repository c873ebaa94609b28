"""The planner: a request, a machine and the catalogue in; one jointly compatible plan, or a refusal with its relaxations, out."""

from __future__ import annotations

from drivetrain.solve.answer import best_plan, solve

__all__ = ["best_plan", "solve"]
