"""The variables of an environment's programs: what its own activation and `run` set and unset, and what `fix` adds to that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivetrain.errors import PrefixError
from drivetrain.model.documents import FrozenMap
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Audit
from drivetrain.words import say
from drivetrain.workflows.prefixes import shown

if TYPE_CHECKING:
    from drivetrain.install import Owner
    from drivetrain.workflows.order import Order


def inside(owner: Owner, machine: Machine) -> Machine:
    """Gives the machine with the variables that programs of the environment find: its activation's come after the shell's.

    Lists that it only puts something before stay the shell's: what else is in them counts.
    """
    if owner.kind != "ours" or owner.deed is None or (owner.plan is None and not owner.deed.variables):
        return machine
    from drivetrain.install import variables_of
    from drivetrain.install.integrity import site_packages_of

    prefix = Path(owner.prefix)
    site = site_packages_of(prefix)
    fixed = variables_of(owner.plan, owner.deed.variables, prefix, site.relative_to(prefix).as_posix() if site else "")
    changed: dict[str, str | None] = {**machine.variables, **{each.name: each.value for each in fixed if not each.before}}
    return replace(machine, variables=FrozenMap({name: value for name, value in changed.items() if value is not None}))


def variables_inside(prefix: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Gives the variables inside the environment, those that its plan sets included; raises PrefixError for what is no environment."""
    from drivetrain.install import activated
    from drivetrain.install.activation import python_of

    conda = (prefix / "conda-meta").is_dir()
    if not conda and not python_of(prefix).exists():
        raise PrefixError(say("{prefix} is no environment: it has no Python", prefix=shown(prefix)), say("name an environment with --prefix"))
    inside = activated(prefix, variables)
    if conda:
        inside.pop("VIRTUAL_ENV", None)
        inside["CONDA_PREFIX"] = str(prefix)
    return inside


def keeps_a_fix(prefix: Path, audit: Audit) -> bool:
    """Tells whether `fix` would keep a variable in the environment for one of its errors."""
    from drivetrain.install import owner_of

    safe = any(each.is_outside and fix.safety == "safe" for each in audit.found("error") for fix in each.fix)
    return safe and owner_of(prefix).kind == "ours"


def kept_in(order: Order, variables: Mapping[str, str | None]) -> None:
    """Makes these the variables that `fix` keeps in the order's environment."""
    from drivetrain.frameworks import frameworks
    from drivetrain.install.activating import keep_variables
    from drivetrain.workflows.engine import engine_settings

    # A bare environment is all that is made, so no index is asked.
    keep_variables(order.prefix, variables, engine_settings(None, frameworks(), cache_dir=order.cache_dir, offline=True))
