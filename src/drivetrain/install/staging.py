"""Installs a lock into a staging environment beside its prefix; the prefix itself is not touched, whatever happens."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from pathlib import Path

from drivetrain.errors import EngineError, Interrupted
from drivetrain.install.activating import activation_written, made_plain
from drivetrain.install.activation import moved_text, prompt_of, python_of, variables_of
from drivetrain.install.complaints import breakdown
from drivetrain.install.engine import Engine, program
from drivetrain.install.grounds import Grounds
from drivetrain.install.integrity import Integrity, integrity_of, site_packages_of
from drivetrain.install.lock_files import absolute
from drivetrain.install.prefix import Deed, check_prefix, write_kept, write_record
from drivetrain.install.progress import Meter, Progress
from drivetrain.install.room import check_room
from drivetrain.install.settings import EngineSettings
from drivetrain.install.source_files import build_variables
from drivetrain.install.staged import Order, Staged
from drivetrain.install.swap import recover_held
from drivetrain.model.documents import FrozenMap
from drivetrain.process import stop_raises
from drivetrain.words import say


def stage(order: Order, settings: EngineSettings, progress: Progress | None = None) -> Staged:
    """Installs the lock beside the prefix and checks every file of it.

    Raises PrefixError (not ours, no room, another run), IndexUnreachable, EngineError (wrong hash, a damaged cache), Interrupted; each time the
    staging folder is removed first and the prefix is as it was.
    """
    started = time.monotonic()
    prefix = order.prefix.absolute()
    check_prefix(prefix)
    grounds = Grounds(prefix)
    hold = grounds.hold()
    path: Path | None = None
    try:
        with stop_raises():
            recover_held(grounds)
            owner = check_prefix(prefix)
            path = grounds.new_staging()
            made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            kept = owner.deed.variables if owner.deed is not None else FrozenMap[str | None]({})
            deed = Deed(id=path.name[-12:], name=prefix.name, python=order.lock.python, made=made, variables=kept)
            found = _installed(order, path, deed, settings, progress)
            write_kept(path, deed.made, order.plan, order.machine)
            write_record(path, deed, order.lock, order.plan, order.request)
    except BaseException as error:
        if path is not None:
            shutil.rmtree(path, ignore_errors=True)
        hold.release()
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(say("interrupted: {prefix} is as it was", prefix=prefix)) from error
        raise
    return Staged(
        path=path,
        prefix=prefix,
        deed=deed,
        owner=owner,
        distributions=found.distributions,
        files=found.files,
        bytes=found.bytes,
        seconds=time.monotonic() - started,
        contested=found.contested,
        hold=hold,
    )


def discard(staged: Staged) -> None:
    """Throws a staged environment away; the prefix is as it was."""
    shutil.rmtree(staged.path, ignore_errors=True)
    staged.hold.release()


def _installed(order: Order, path: Path, deed: Deed, settings: EngineSettings, progress: Progress | None) -> Integrity:
    """Makes the environment at that path, for the prefix of the order."""
    prefix = order.prefix.absolute()
    # Beside the staging folder, so that a run which was killed leaves it where the next one clears up: an index URL in it may hold a password.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as name:
        work = Path(name)
        engine = Engine(settings, work)
        pylock = work / "pylock.toml"
        pylock.write_text(absolute(order.lock), encoding="utf-8")
        venv: list[str | Path] = ["venv", "--quiet", "--no-project", "--python", order.interpreter]
        made_plain(engine, [*venv, "--relocatable", "--prompt", prompt_of(prefix), path])
        install: list[str | Path] = ["pip", "install", "--python", python_of(path), "--requirements", pylock]
        # Costs 15 ms.
        found_missing = re.search(r"Would download (\d+) package", engine.offline().run([*install, "--dry-run"]).err)
        uncached = int(found_missing[1]) if found_missing else 0
        check_room(order.lock, prefix, engine, uncached=uncached)
        meter = Meter(order.lock, progress, uncached=uncached)
        found = _filled(engine, install, path, order, meter)
        if found.missing and _cleaned(engine, found):
            meter.tell("install", say("uv's cache is damaged: fetching {names} anew", names=", ".join(_damaged(found))))
            made_plain(engine, [*venv, "--clear", "--relocatable", "--prompt", prompt_of(prefix), path])
            found = _filled(engine, install, path, order, meter)
        _check(found, engine)
        variables = variables_of(order.plan, deed.variables, prefix, _site(path).relative_to(path).as_posix())
        activation_written(engine, path, prefix, order.interpreter, variables)
        moved_text(path, prefix)
    return found


def _filled(engine: Engine, install: list[str | Path], path: Path, order: Order, meter: Meter) -> Integrity:
    """Installs the lock into the empty environment and looks at every file."""
    done = engine.run([*install, "--compile-bytecode"], listeners=meter.listeners, variables=build_variables(order.lock))
    if not done.ok:
        raise breakdown(done, say("the environment was not installed"))
    meter.tell("check", say("checking every file"))
    return integrity_of(_site(path), order.lock)


def _site(path: Path) -> Path:
    site = site_packages_of(path)
    if site is None:
        raise EngineError(say("uv made an environment without site-packages"))
    return site


def _damaged(found: Integrity) -> list[str]:
    return sorted({name for name, _ in found.missing})


def _cleaned(engine: Engine, found: Integrity) -> bool:
    """Takes what is damaged out of uv's cache; that needs the network afterwards, and that no other uv is at work (its lock is awaited for 300 s otherwise)."""
    if engine.settings.offline:
        return False
    return engine.run(["cache", "clean", *_damaged(found)], variables={"UV_LOCK_TIMEOUT": "5"}).ok


def _check(found: Integrity, engine: Engine) -> None:
    if found.absent:
        raise EngineError(say("after the install {names} of the lock are missing", names=", ".join(found.absent[:5])), say("run it again"))
    if found.missing:
        name, file = found.missing[0]
        cache = f" --cache-dir {engine.settings.cache_dir}" if engine.settings.cache_dir else ""
        raise EngineError(
            say(
                "after the install {count} files are missing or damaged, first {file} of {name}: uv's cache is damaged",
                count=len(found.missing),
                file=file,
                name=name,
            ),
            say("run {command}, then this again", command=f"{program()} cache clean {' '.join(_damaged(found))}{cache}"),
        )
