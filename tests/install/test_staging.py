"""A staged environment is complete and right for its final place; whatever breaks leaves nothing behind and the prefix as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from install_orders import PYTHON, locked, order_of
from install_wheels import build_wheel
from msgspec.structs import replace

from drivetrain import install
from drivetrain.errors import EngineError, PrefixError
from drivetrain.install import EngineSettings, commit, discard, installed_exactly, owner_of, stage, write_lock
from drivetrain.install.activation import python_of
from drivetrain.model.lock import Lock

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def leftovers(prefix: Path) -> list[str]:
    """Everything beside the prefix that a finished run has no use for."""
    return sorted(each.name for folder in ("staging", "generations") for each in (prefix.parent / ".drivetrain" / folder).glob("*"))


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return tmp_path / "project with späces" / ".venv"


def test_what_is_staged_runs_and_knows_what_it_is(alpha_lock: Lock, settings: EngineSettings, prefix: Path) -> None:
    staged = stage(order_of(alpha_lock, prefix, "alpha==2.0"), settings)
    assert not prefix.exists()
    assert (staged.distributions, staged.contested) == (2, ())
    out = subprocess.run([python_of(staged.path), "-c", "import alpha; print(alpha.version)"], capture_output=True, text=True, check=True).stdout
    assert out == "2.0\n"
    done = commit(staged)
    assert (done.prefix, done.previous, done.says) == (prefix, None, ())
    owner = owner_of(prefix)
    assert owner.kind == "ours"
    assert owner.plan is not None
    assert owner.plan.packages[0].name == "alpha"
    assert owner.lock is not None
    assert owner.lock.artifacts == alpha_lock.artifacts
    assert leftovers(prefix) == []
    assert (prefix.parent / ".drivetrain" / ".gitignore").read_text() == "*\n"


def test_byte_code_is_there(alpha_lock: Lock, settings: EngineSettings, prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    commit(stage(order_of(alpha_lock, prefix), settings))
    assert list(prefix.glob("lib/python*/site-packages/alpha/__pycache__/program.*.pyc"))


def test_an_environment_of_the_same_lock_is_known(alpha_lock: Lock, settings: EngineSettings, prefix: Path) -> None:
    assert not installed_exactly(prefix, alpha_lock)
    commit(stage(order_of(alpha_lock, prefix), settings))
    assert installed_exactly(prefix, alpha_lock)
    assert not installed_exactly(prefix, locked(settings, "alpha==1.0"))
    info = next(prefix.glob("lib/python*/site-packages/beta-2.0.dist-info"))
    info.rename(info.with_name("beta-3.0.dist-info"))
    assert not installed_exactly(prefix, alpha_lock)


def test_progress_names_each_phase_and_never_goes_back(alpha_lock: Lock, settings: EngineSettings, prefix: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int, str]] = []
    discard(stage(order_of(alpha_lock, prefix), replace(settings, cache_dir=tmp_path / "fresh"), lambda *what: told.append(what)))
    assert [phase for phase, *_ in told] == ["install", "compile", "check"]
    assert told[-1][1] == told[-1][2] == alpha_lock.download_bytes
    done = [each[1] for each in told]
    assert done == sorted(done)
    assert all(says for *_, says in told)


def test_a_discarded_environment_leaves_nothing(alpha_lock: Lock, settings: EngineSettings, prefix: Path) -> None:
    discard(stage(order_of(alpha_lock, prefix), settings))
    assert not prefix.exists()
    assert leftovers(prefix) == []
    commit(stage(order_of(alpha_lock, prefix), settings))


def test_two_wheels_that_own_one_file_are_staged_and_named(settings: EngineSettings, prefix: Path) -> None:
    staged = stage(order_of(locked(settings, "twin-a==1.0", "twin-b==1.0"), prefix), settings)
    assert staged.contested == ("shared/lib.py",)
    discard(staged)


def test_a_file_that_is_not_the_locked_one_is_refused(settings: EngineSettings, prefix: Path, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path / "links", "gamma", "1.0")
    ours = replace(settings, cache_dir=tmp_path / "cache", find_links=(str(tmp_path / "links"),))
    lock = locked(ours, "gamma==1.0")
    build_wheel(tmp_path / "links", "gamma", "1.0", {"gamma/__init__.py": "version = '1.1'\n"})
    assert wheel.stat().st_size == lock.artifacts[0].bytes
    with pytest.raises(EngineError, match=r"gamma.* is not the file that the lock names \(expected [0-9a-f]{12}, got [0-9a-f]{12}\)"):
        stage(order_of(lock, prefix), replace(ours, cache_dir=tmp_path / "other"))
    assert leftovers(prefix) == []
    assert not prefix.exists()


def test_a_lock_larger_than_the_disk_is_refused_before_anything_is_fetched(settings: EngineSettings, prefix: Path, tmp_path: Path, alpha_lock: Lock) -> None:
    huge = replace(alpha_lock, artifacts=tuple(replace(each, bytes=10**17) for each in alpha_lock.artifacts))
    with pytest.raises(PrefixError, match=r"free, 39\d{4}\.\d TB are needed") as caught:
        stage(order_of(huge, prefix), replace(settings, cache_dir=tmp_path / "fresh"))
    assert "--cache-dir" in caught.value.next
    assert leftovers(prefix) == []


def test_a_damaged_cache_is_mended_or_the_mending_is_named(settings: EngineSettings, prefix: Path, tmp_path: Path) -> None:
    ours = replace(settings, cache_dir=tmp_path / "cache", link_mode="hardlink")
    lock = locked(ours, "alpha==2.0")
    discard(stage(order_of(lock, prefix), ours))

    def damage() -> None:
        for victim in (tmp_path / "cache").rglob("alpha/program.py"):
            victim.write_text("cut")

    damage()
    with pytest.raises(EngineError, match=r"1 files are missing or damaged, first alpha/program\.py of alpha") as caught:
        stage(order_of(lock, prefix), replace(ours, offline=True))
    assert f"bin/uv cache clean alpha --cache-dir {tmp_path / 'cache'}, then this again" in caught.value.next
    assert leftovers(prefix) == []

    told: list[str] = []
    commit(stage(order_of(lock, prefix), ours, lambda phase, done, total, says: told.append(says)))
    assert "uv's cache is damaged: fetching alpha anew" in told
    assert (next(prefix.glob("lib/python*/site-packages/alpha/program.py"))).read_text() != "cut"


def test_a_wheel_whose_record_gives_a_wrong_size_still_installs(settings: EngineSettings, prefix: Path, tmp_path: Path) -> None:
    from install_wheels import digest_of

    text = "version = '1.0'\n"
    build_wheel(tmp_path / "links", "odd", "1.0", {"odd.py": text}, recorded={"odd.py": (digest_of(text), 99)})
    ours = replace(settings, find_links=(str(tmp_path / "links"),))
    discard(stage(order_of(locked(ours, "odd==1.0"), prefix), ours))


def test_byte_code_that_a_wheel_ships_may_be_compiled_anew(settings: EngineSettings, prefix: Path, tmp_path: Path) -> None:
    cached = f"odd/__pycache__/__init__.{sys.implementation.cache_tag}.pyc"
    build_wheel(tmp_path / "links", "odd", "1.0", {"odd/__init__.py": "x = 1\n", cached: "stale"})
    ours = replace(settings, find_links=(str(tmp_path / "links"),))
    discard(stage(order_of(locked(ours, "odd==1.0"), prefix), ours))


def test_a_second_run_on_the_same_prefix_is_refused(alpha_lock: Lock, settings: EngineSettings, prefix: Path) -> None:
    staged = stage(order_of(alpha_lock, prefix), settings)
    with pytest.raises(PrefixError, match=rf"another drivetrain \(process {os.getpid()}\) is at work on"):
        stage(order_of(alpha_lock, prefix), settings)
    other = stage(order_of(alpha_lock, prefix.with_name("other")), settings)
    discard(other)
    commit(staged)
    assert owner_of(prefix).kind == "ours"


def test_a_lock_read_from_a_file_installs_from_any_folder(settings: EngineSettings, prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_wheel(tmp_path / "bundle" / "wheels", "gamma", "1.0")
    made = locked(replace(settings, find_links=(str(tmp_path / "bundle" / "wheels"),)), "gamma==1.0")
    write_lock(made, tmp_path / "bundle" / "pylock.toml")
    monkeypatch.chdir("/")
    commit(stage(order_of(install.read_lock(tmp_path / "bundle" / "pylock.toml"), prefix), settings))
    assert list(prefix.glob("lib/python*/site-packages/gamma"))
    owner = owner_of(prefix)
    assert owner.lock is not None
    assert install.local_files(owner.lock) == (str(tmp_path / "bundle" / "wheels" / "gamma-1.0-py3-none-any.whl"),)


SLOW = """
import sys, time
from pathlib import Path
from drivetrain.errors import Interrupted
from drivetrain.install import EngineSettings, Order, read_lock, stage
from drivetrain.model.documents import FrozenMap
def progress(phase, done, total, says):
    if phase == "{phase}":
        print(phase, flush=True); time.sleep(30)
order = Order(lock=read_lock(Path("{lock}")), prefix=Path("{prefix}"), interpreter=Path("{python}"))
settings = EngineSettings(cache_dir=Path("{cache}"))
try:
    stage(order, settings, progress)
except Interrupted as error:
    print(error.says, flush=True); sys.exit(130)
"""


@posix
@pytest.mark.parametrize(
    ("number", "phase", "status"),
    [(signal.SIGINT, "install", 130), (signal.SIGINT, "check", 130), (signal.SIGTERM, "install", 143), (signal.SIGKILL, "compile", -9)],
)
def test_an_interrupted_install_leaves_the_old_environment_and_no_staging(
    alpha_lock: Lock, settings: EngineSettings, prefix: Path, tmp_path: Path, number: int, phase: str, status: int
) -> None:
    commit(stage(order_of(locked(settings, "alpha==1.0"), prefix), settings))
    before = sorted(str(path) for path in prefix.rglob("*"))
    write_lock(alpha_lock, tmp_path / "pylock.toml")
    script = SLOW.format(phase=phase, lock=tmp_path / "pylock.toml", prefix=prefix, python=PYTHON, cache=settings.cache_dir)
    environ = {**os.environ, "PYTHONPATH": str(Path(install.__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True, env=environ) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == f"{phase}\n"
        assert len(leftovers(prefix)) == 2  # what is made, and what uv is given
        os.killpg(ours.pid, number)
        out = ours.stdout.read()
        assert ours.wait(timeout=20) == status
    assert sorted(str(path) for path in prefix.rglob("*")) == before
    if number == signal.SIGINT:
        assert out == f"interrupted: {prefix} is as it was\n"
    if number != signal.SIGKILL:
        assert leftovers(prefix) == []
    time.sleep(0.1)
    commit(stage(order_of(alpha_lock, prefix), settings))
    assert leftovers(prefix) == ["1"]
