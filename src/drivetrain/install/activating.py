"""Writes an environment's activation files, and keeps variables in those of an environment that is there already."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from drivetrain.errors import PrefixError
from drivetrain.install.activation import activate_as, python_of, variables_of
from drivetrain.install.complaints import breakdown
from drivetrain.install.engine import Engine
from drivetrain.install.grounds import Grounds
from drivetrain.install.integrity import site_packages_of
from drivetrain.install.prefix import check_prefix, write_deed
from drivetrain.install.settings import EngineSettings
from drivetrain.install.shells import Variable
from drivetrain.install.swap import recover_held
from drivetrain.model.documents import FrozenMap
from drivetrain.words import say


def made_plain(engine: Engine, arguments: list[str | Path]) -> None:
    """Runs `uv venv`; raises EngineError with uv's own words."""
    done = engine.run(arguments)
    if not done.ok:
        raise breakdown(done, say("no environment was made"))


def activation_written(engine: Engine, environment: Path, final: Path, interpreter: Path, variables: tuple[Variable, ...]) -> None:
    """Writes the activation files of `environment` for the path `final`."""
    # The temporary folder has a name that no shell quotes, so that what is around it in the scripts can be read.
    with tempfile.TemporaryDirectory(prefix="drivetrain-plain-") as plain:
        made_plain(engine, ["venv", "--quiet", "--no-project", "--python", interpreter, "--clear", plain])
        activate_as(environment, final, Path(plain), variables)


def keep_variables(prefix: Path, variables: Mapping[str, str | None], settings: EngineSettings) -> None:
    """Makes these the variables that an environment of ours sets, or unsets (None), beside its plan's; nothing else of it is touched.

    Raises PrefixError for one that is not ours or that another run is at work on.
    """
    prefix = prefix.absolute()
    grounds = Grounds(prefix)
    with grounds.hold():
        recover_held(grounds)
        owner = check_prefix(prefix)
        site = site_packages_of(prefix)
        if owner.deed is None or site is None:
            raise PrefixError(say("{prefix} was not made by drivetrain: nothing in it was touched", prefix=prefix), say("choose another place with --prefix"))
        every = variables_of(owner.plan, variables, prefix, site.relative_to(prefix).as_posix())
        with tempfile.TemporaryDirectory(dir=grounds.folder) as work:
            activation_written(Engine(settings, Path(work)), prefix, prefix, python_of(prefix), every)
        # Last, since what it says is taken as done.
        write_deed(prefix, replace(owner.deed, variables=FrozenMap(variables)))
