"""The planner: a request, a machine and the catalogue in; one jointly compatible plan, or a refusal with its relaxations, out."""

from __future__ import annotations

from drivetrain.solve.answer import solve

__all__ = ["solve"]
