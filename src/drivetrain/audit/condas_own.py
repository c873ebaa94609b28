"""Gives the lines that bring conda's own packages back where pip has put others over or beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from shlex import join

from drivetrain.audit.rule import Context
from drivetrain.model.outcome import Fix
from drivetrain.model.site_folder import CondaPackage
from drivetrain.words import say


def condas_again(context: Context, several: Sequence[CondaPackage]) -> Fix:
    """Of what conda and pip have both left a record, pip takes one away at a time."""
    prefix, own = context.environment.prefix, context.environment.interpreter
    windows = context.environment.platform == "windows"
    executable = own.executable if own is not None and own.executable else "python.exe" if windows else "bin/python"
    times = Counter(each.name for each in context.environment.installed)
    names = [each.distribution or each.name for each in several]
    rounds = [names, *([name for name in names if times[name] > done] for done in range(1, max(times[name] for name in names)))]
    specs = ("=".join(filter(None, (each.name, each.version, each.build))) for each in several)
    return Fix(
        says=say("remove {names} with pip, and let conda install its own again", names=", ".join(names)),
        commands=(
            *(join((f"{prefix}/{executable}", "-m", "pip", "uninstall", "--yes", *each)) for each in rounds),
            join(("conda", "install", "--prefix", prefix, "--force-reinstall", *specs)),
        ),
        safety="shown",
    )
