"""Makes an environment's activation right for the place that it will be swapped into, in every shell, with the variables that its plan needs.

The files of a relocatable environment fail in `sh` and there is none for csh; those of a plain one work, and none of them is in a RECORD: so a
throw-away plain environment gives them, its path replaced by the final one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from drivetrain.errors import EngineError
from drivetrain.install.integrity import site_packages_of
from drivetrain.install.prefix import owner_of
from drivetrain.install.shells import QUOTED, Variable, added
from drivetrain.model.plan import Plan
from drivetrain.words import say

_ACTIVATION = ("activate*", "deactivate*")


def activate_as(environment: Path, final: Path, plain: Path, variables: tuple[Variable, ...]) -> None:
    """Replaces the activation files of `environment` by those of the `plain` one, for the path `final`; each at once, since a shell may be reading it."""
    target = scripts_of(environment)
    fresh = {each.name for pattern in _ACTIVATION for each in scripts_of(plain).glob(pattern)}
    for stale in (each for pattern in _ACTIVATION for each in target.glob(pattern) if each.name not in fresh):
        stale.unlink()
    for source in sorted(scripts_of(plain) / name for name in fresh):
        text = _relocated(source.read_text(encoding="utf-8"), source.name, plain, final)
        written = target / f".{source.name}.new"
        written.write_text(added(text, source.name, variables), encoding="utf-8", newline="")
        written.chmod(source.stat().st_mode & 0o777)
        written.replace(target / source.name)


def variables_of(plan: Plan | None, kept: Mapping[str, str | None], final: Path, site_packages: str) -> tuple[Variable, ...]:
    """Gives what the plan's environment must have set, and what `fix` keeps in it; `site_packages` is relative to the prefix."""
    also = tuple(Variable(name=name, value=value) for name, value in kept.items() if plan is None or name not in plan.variables)
    if plan is None:
        return also
    site = str(final / site_packages)
    fixed = [Variable(name=name, value=value.replace("{prefix}", str(final)).replace("{site}", site)) for name, value in plan.variables.items()]
    if plan.loader_paths:
        fixed.append(Variable(name=_loader_variable(), value=os.pathsep.join(str(Path(site, each)) for each in plan.loader_paths), before=True))
    return (*fixed, *also)


def activated(prefix: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Gives the variables that a command inside an environment needs, as its activation would set them; for a staged one too, where it lies."""
    prefix = prefix.absolute()
    site = site_packages_of(prefix)
    owner = owner_of(prefix)
    kept = owner.deed.variables if owner.deed else {}
    variables = variables_of(owner.plan, kept, prefix, site.relative_to(prefix).as_posix() if site else "")
    inside = {name: value for name, value in environ.items() if name != "PYTHONHOME"}
    inside["VIRTUAL_ENV"] = str(prefix)
    for variable in (Variable(name="PATH", value=str(scripts_of(prefix)), before=True), *variables):
        old = inside.pop(variable.name, None)
        if variable.value is None:
            continue
        inside[variable.name] = f"{variable.value}{os.pathsep}{old}" if variable.before and old else variable.value
    return inside


def scripts_of(prefix: Path) -> Path:
    """Gives the folder of an environment's programs."""
    return prefix / ("Scripts" if os.name == "nt" else "bin")


def python_of(prefix: Path) -> Path:
    """Gives an environment's interpreter."""
    return scripts_of(prefix) / ("python.exe" if os.name == "nt" else "python")


def moved_text(environment: Path, final: Path) -> tuple[Path, ...]:
    """Rewrites the kernelspecs and .pth files that name the staging folder; gives those that it changed.

    Each is replaced, never written into: it may be a hard link into uv's cache.
    """
    candidates = [*environment.glob("share/jupyter/kernels/*/kernel.json"), *environment.glob("lib/python*/site-packages/*.pth")]
    changed = []
    for path in [*candidates, *environment.glob("Lib/site-packages/*.pth")]:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        if str(environment) in text:
            draft = path.with_name(f".{path.name}.new")
            draft.write_text(text.replace(str(environment), str(final)), encoding="utf-8", errors="surrogateescape", newline="")
            draft.replace(path)
            changed.append(path)
    return tuple(changed)


def _relocated(text: str, name: str, plain: Path, final: Path) -> str:
    quoted = QUOTED.get(Path(name).suffix)
    if quoted is not None:
        text = text.replace(f"'{plain}'", quoted(str(final))).replace(f'"{plain}"', quoted(str(final)))
    names_place = quoted is not None and name.startswith("activate") and not name.endswith(".ps1")
    if str(plain) in text or (quoted is not None and names_place and quoted(str(final)) not in text):
        raise EngineError(
            say("uv's {file} is of a kind that drivetrain does not know", file=name), say("install the version of uv that drivetrain was tested with: uv 0.13")
        )
    return text


def _loader_variable() -> str:
    return {"nt": "PATH"}.get(os.name) or ("DYLD_LIBRARY_PATH" if os.uname().sysname == "Darwin" else "LD_LIBRARY_PATH")


SAFE_NAME = re.compile(r"[A-Za-z0-9_.-]+")


def prompt_of(prefix: Path) -> str:
    """Gives the name that a prompt shows: the folder's, or its parent's for a hidden one such as .venv."""
    name = prefix.parent.name if prefix.name.startswith(".") and prefix.parent.name else prefix.name
    return name if SAFE_NAME.fullmatch(name) else prefix.name if SAFE_NAME.fullmatch(prefix.name) else "drivetrain"
