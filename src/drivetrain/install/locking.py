"""Makes a lock of a plan: uv resolves the plan's pins with the rest of the request, for the plan's Python and the target's platform."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from drivetrain.errors import EngineError, UsageError
from drivetrain.formats.toml_tree import Table, table_of
from drivetrain.install.complaints import breakdown, explanation, without_credentials
from drivetrain.install.configuration import configuration
from drivetrain.install.engine import Engine
from drivetrain.install.inputs import PROJECT, Inputs, written
from drivetrain.install.lock_files import file_name, local_path, lock_of
from drivetrain.install.settings import EngineSettings
from drivetrain.install.source_files import check_sources, known_metadata
from drivetrain.install.target import target_flags, target_variables
from drivetrain.install.toml_text import dumped
from drivetrain.install.wheel_rank import rank
from drivetrain.model.lock import Clash, Lock
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.words import say


def lock(plan: Plan, request: Request, machine: Machine, interpreter: Path | str, settings: EngineSettings) -> Lock | Clash:
    """Locks every artifact by hash, for an interpreter of this machine (a path) or for a Python version on the machine that the plan is for.

    Raises IndexUnreachable, EngineError and PrefixError (full disk); that nothing satisfies all requirements is an answer, a Clash.
    """
    if plan.glibc and machine.os.release is None:
        machine = replace(machine, os=replace(machine.os, glibc=plan.glibc))
    if plan.engine != "pip":
        raise UsageError(say("a plan with conda packages is not locked by uv"), say("type the commands that the plan shows, or plan with --engine pip"))
    with tempfile.TemporaryDirectory(prefix="drivetrain-lock-") as name:
        folder = Path(name)
        inputs = written(plan, request, machine, settings, folder)
        engine = Engine(settings, folder, known_metadata(inputs.source_builds))
        output = folder / "pylock.toml"
        target = target_flags(machine, interpreter)
        variables = target_variables(machine)
        question = ["pip", "compile", *inputs.arguments, *target, *_policy(request, settings), *_buildable(engine, inputs, target)]
        done = engine.run([*question, "--format", "pylock.toml", "--output-file", output], variables=variables)
        if not done.ok:
            reason = explanation(done.err)
            if reason is None:
                raise breakdown(done, say("the lock was not made"))
            return _clash(reason, plan)
        table = table_of(output.read_text(encoding="utf-8"), str(output))
        # The same question again, now answered from the cache: only here does uv tell which index each distribution comes from.
        again = engine.offline().run([*question, "--emit-index-annotation", "--no-header", "--quiet"], variables=variables)
        table = _complete(table, dict(_ANNOTATED.findall(again.out)) if again.ok else dict(inputs.places), settings, folder)
    table["requires-python"] = f"=={plan.python.rstrip('t')}.*"
    made = lock_of(without_credentials(dumped(table)), "uv")
    _check_hashes(made, request)
    check_sources(made)
    return made


_ANNOTATED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==[^\n]*\n(?: +#(?! from)[^\n]*\n)* +# from (\S+)$", re.MULTILINE)


def _policy(request: Request, settings: EngineSettings) -> list[str]:
    pre = request.pre or settings.pip.pre
    return ["--only-binary", ":all:", "--prerelease", "allow" if pre else "if-necessary-or-explicit", "--no-strip-extras"]


def _buildable(engine: Engine, inputs: Inputs, target: list[str | Path]) -> list[str | Path]:
    """Lets uv take as source what the request itself names by URL or path and what the catalogue has looked into, and nothing else."""
    names = [*inputs.built, *(each.distribution for each in inputs.source_builds)]
    if inputs.nameless is not None:
        output = engine.folder / "pylock.nameless.toml"
        done = engine.run(["pip", "compile", inputs.nameless, *target, "--no-deps", "--format", "pylock.toml", "--output-file", output])
        if not done.ok:
            raise breakdown(done, say("the lock was not made"))
        names += [each["name"] for each in table_of(output.read_text(encoding="utf-8"), str(output)).get("packages", [])]
    return [word for name in names for word in ("--no-binary", name)]


def _clash(reason: str, plan: Plan) -> Clash:
    says = re.sub(rf"{PROJECT}(?:==0)? depends on", say("the plan takes"), reason)
    # "=" and brackets end a word, so that "name==2.1" and "name[extra]" count for the name, and a longer name that contains it does not.
    named = Counter(word for word in re.findall(r"[a-z0-9][a-z0-9-]*", re.sub(r"[._]", "-", says.lower())) if plan.package(word))
    return Clash(says=says, names=tuple(name for name, _ in named.most_common()))


def _complete(table: Table, indexes: dict[str, str], settings: EngineSettings, folder: Path) -> Table:
    """Adds what uv leaves out: each package's index (without it uv downloads again what its cache holds), sizes of local files, absolute paths."""
    table["created-by"] = "drivetrain"
    links = {_as_url(each) for each in configuration(settings).get("find-links", ())}
    for package in table.get("packages", []):
        entries = [entry for key in ("wheels", "sdist", "archive", "directory") for entry in _listed(package.get(key))]
        for entry in entries:
            local = local_path(entry)
            if isinstance(entry.get("path"), str) and local is not None:
                local = (folder / local).resolve()
                entry["path"] = str(local)
            if local is not None and local.is_file():
                entry.setdefault("size", local.stat().st_size)
        wheels, index = package.pop("wheels", None), indexes.get(package["name"])
        if (wheels or "sdist" in package) and index and _as_url(index) not in links:
            package["index"] = index
        if wheels:
            # All of them fit the target; a lock names the one that will be installed.
            package["wheels"] = [max(wheels, key=lambda each: rank(file_name(each)))]
    return table


def _listed(found: object) -> list[Table]:
    return found if isinstance(found, list) else [found] if isinstance(found, dict) else []


def _as_url(place: str) -> str:
    return (without_credentials(place) if "://" in place else Path(place).as_uri()).rstrip("/")


def _check_hashes(made: Lock, request: Request) -> None:
    """Where the request itself gives hashes, the file that was locked must be one of them."""
    wanted = {each.name: {digest.split(":")[-1] for digest in each.hashes} for each in request.wishes if each.hashes}
    for artifact in made.artifacts:
        if artifact.name in wanted and artifact.sha256 not in wanted[artifact.name]:
            raise EngineError(
                say("{file} has another hash than the requirement file gives for {name}", file=artifact.file, name=artifact.name),
                say("check where the file comes from, or take the hashes of {name} out of the requirement file", name=artifact.name),
            )
