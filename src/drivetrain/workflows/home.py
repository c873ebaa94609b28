"""Gives what `drivetrain` alone shows of the environment at hand: what its record says, without a search through its files."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import msgspec

from drivetrain.errors import PrefixError
from drivetrain.model.documents import decode
from drivetrain.model.machine import Machine
from drivetrain.model.report import Up
from drivetrain.report.text_home import Home
from drivetrain.workflows.prefixes import prefix_at_hand, shown

RECORD = "drivetrain/up.json"
"""What the last `up` did, inside the prefix."""


def home(machine: Machine) -> Home:
    """Gives the environment at hand."""
    from drivetrain.audit.drift import changes_between
    from drivetrain.install import owner_of

    try:
        prefix = prefix_at_hand(None)
    except PrefixError:
        return Home()
    owner = owner_of(prefix)
    if owner.plan is None:
        return Home(prefix=shown(prefix), ours=owner.kind == "ours", frameworks=_held(prefix))
    done, days = last_up(prefix)
    frameworks = tuple(" ".join(filter(None, (each.name, each.version, each.build))) for each in owner.plan.packages if each.requested)
    proven = None if done is None or done.verify is None or not done.verify.verdicts else not done.verify.failed()
    errors = len(done.audit.found("error")) if done and done.audit else 0
    changed = changes_between(owner.machine, machine) if owner.machine else ()
    return Home(prefix=shown(prefix), ours=True, frameworks=frameworks, proven=proven, proven_days=days, errors=errors, changed=changed)


def last_up(prefix: Path) -> tuple[Up | None, int]:
    """Gives what the last `up` did and how many days ago."""
    path = prefix / RECORD
    try:
        made = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
        return decode(path.read_bytes(), Up), (datetime.now(timezone.utc) - made).days
    except (OSError, ValueError, msgspec.MsgspecError):
        return None, 0


def _held(prefix: Path) -> tuple[str, ...]:
    """Gives the frameworks of an environment that is not ours, by the names of their dist-info folders."""
    from drivetrain.frameworks import frameworks

    found = []
    for name in (name.replace("-", "_") for framework in frameworks() for name in dict.fromkeys((framework.distribution, *framework.names))):
        for folder in (*prefix.glob(f"lib/python3*/site-packages/{name}-*.dist-info"), *prefix.glob(f"Lib/site-packages/{name}-*.dist-info")):
            found.append(f"{name.replace('_', '-')} {folder.name.removesuffix('.dist-info')[len(name) + 1 :]}")
    return tuple(found)
