"""The loader as it would be without the variable that puts folders before an environment's own."""

from __future__ import annotations

from msgspec.structs import replace

from drivetrain.audit.loader.reading import Loader
from drivetrain.audit.rule import Context


def without_variable(context: Context) -> Loader:
    """Gives the loader as it is without the folders of LD_LIBRARY_PATH."""
    system = context.environment.system
    assert system is not None
    folders = tuple(each for each in system.folders if each.why != "LD_LIBRARY_PATH")
    return Loader(replace(context.environment, system=replace(system, folders=folders)), context.catalogue.frameworks)
