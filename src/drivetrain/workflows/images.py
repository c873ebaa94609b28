"""Audits an environment inside the unpacked folder of an image (`docker export`, a build step's root), as its own system would see it."""

from __future__ import annotations

from pathlib import Path

from msgspec import UNSET
from msgspec.structs import replace

from drivetrain.errors import PrefixError
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import Environment
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Audit
from drivetrain.words import say
from drivetrain.workflows.cache import cache_folder
from drivetrain.workflows.prefixes import shown

_USUAL = ("opt/venv", "venv", "app/.venv", ".venv", "workspace/.venv", "opt/conda", "usr/local", "usr")
"""Where images keep their environment: what Dockerfiles make, the conda images', the python images', Debian's own."""


def audit_of_image(root: Path, asked: str | None, machine: Machine, *, loader: str = "", cache_dir: str | None = None) -> tuple[Audit, Path]:
    """Gives what is wrong in an image's environment, and where that lies; `asked`: its prefix as the image has it, else the usual places."""
    from drivetrain.scan import scan
    from drivetrain.workflows.auditing import audit_of_scanned
    from drivetrain.workflows.facts import catalogue_for
    from drivetrain.workflows.loading import loading_of

    cache = cache_folder(cache_dir)
    prefix = prefix_in(root, asked)
    environment = with_image_system(scan(prefix, cache=cache, root=root))
    of_image = machine_of_image(root, machine)
    facts = catalogue_for(None, of_image, cache, here=False)
    tree = loading_of(environment, loader) if loader else UNSET
    return replace(audit_of_scanned(environment, of_image, facts, None, shown(prefix)), loader=tree), prefix


def prefix_in(root: Path, asked: str | None) -> Path:
    """Gives where an image's environment lies on this machine; raises PrefixError where there is none."""
    from drivetrain.scan.disk import Disk

    root = root.expanduser().absolute()
    if not root.is_dir():
        raise PrefixError(say("--root {path} is no folder", path=root), say("name the folder that an image was unpacked into"))
    if asked is not None:
        below = Path(asked) if asked.startswith(f"{root}/") else root / asked.lstrip("/")
        return Path(Disk(root).real(below))
    found = next((each for each in _USUAL if holds_environment(root, root / each)), None)
    if found is None:
        raise PrefixError(
            say("{path} holds no environment in any of the usual places", path=root), say("name its folder too: drivetrain audit --root DIR /opt/env")
        )
    return Path(Disk(root).real(root / found))


def holds_environment(root: Path, prefix: Path) -> bool:
    """Tells whether distributions are installed at a place of an image."""
    from drivetrain.scan import scan

    try:
        return bool(scan(prefix, libraries=False, root=root).installed)
    except PrefixError:
        return False


def with_image_system(environment: Environment) -> Environment:
    """Adds what the image's own loader would find outside the environment; its variables are not in its files."""
    from drivetrain.scan.system_libraries import system_libraries
    from drivetrain.workflows.loading import opened_names

    if environment.platform != "linux" or not environment.libraries:
        return environment
    return replace(environment, system=system_libraries(environment, {}, opened_names()))


def machine_of_image(root: Path, machine: Machine) -> Machine:
    """Gives a machine as a container of the image sees it: its GPUs and driver, and the image's own system."""
    from drivetrain.scan.image_system import glibc_of, has_musl, release_of

    release = release_of(root)
    # Which release of musl it is, its file does not say; no wheel for glibc runs on any.
    glibc, musl = (None, "1") if has_musl(root) else (glibc_of(root) or machine.os.glibc, None)
    os = replace(machine.os, glibc=glibc, musl=musl, name=release.name or machine.os.name, distribution=release.id, wsl=None)
    return replace(machine, os=os, toolkits=(), cudnn=(), pythons=None, environments=(), variables=FrozenMap({}), folders=())
