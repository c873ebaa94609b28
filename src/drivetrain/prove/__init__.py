"""Proves an environment: every framework computes on every device, in a process of its own, and its numbers are compared."""

from __future__ import annotations

from drivetrain.prove.proof import verify

__all__ = ["verify"]
