"""An environment changes from one to the next in one step; the one before is kept, can come back, and no cut in between loses either."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from install_orders import locked, order_of

from drivetrain import install
from drivetrain.errors import PrefixError
from drivetrain.install import EngineSettings, commit, owner_of, recover, restore, stage, swap
from drivetrain.install.activation import python_of
from drivetrain.install.exchange import exchanged
from drivetrain.install.grounds import Grounds
from drivetrain.install.prefix import Deed, write_record
from drivetrain.model.lock import Lock

linux = pytest.mark.skipif(sys.platform != "linux", reason="renameat2 and /proc")
LOCK = Lock(path="", text='lock-version = "1.0"\n', python="3.11", artifacts=())


def made(path: Path, name: str, identity: str) -> Path:
    """An environment of ours as far as a swap looks into it."""
    path.mkdir(parents=True)
    write_record(path, Deed(id=identity, name=name), LOCK, None, None)
    return path


def identity_of(path: Path) -> str | None:
    deed = owner_of(path).deed
    return deed.id if deed else None


def version_in(prefix: Path) -> str:
    return subprocess.run([python_of(prefix), "-c", "import alpha; print(alpha.version)"], capture_output=True, text=True, check=True).stdout.strip()


def test_the_new_one_takes_the_place_and_the_old_one_can_come_back(settings: EngineSettings, tmp_path: Path, alpha_lock: Lock) -> None:
    prefix = tmp_path / ".venv"
    commit(stage(order_of(locked(settings, "alpha==1.0"), prefix), settings))
    second = commit(stage(order_of(alpha_lock, prefix), settings))
    assert second.previous == tmp_path / ".drivetrain" / "generations" / "1"
    assert (version_in(prefix), version_in(second.previous)) == ("2.0", "1.0")
    back = restore(prefix)
    assert back.previous is not None
    assert (version_in(prefix), version_in(back.previous)) == ("1.0", "2.0")
    assert subprocess.run([prefix / "bin" / "alpha-run"], capture_output=True, text=True, check=True).stdout == f"alpha runs in {prefix}\n"
    assert len(list((tmp_path / ".drivetrain" / "generations").iterdir())) == 1


def swapped_by_hand(prefix: Path, identity: str) -> swap.Committed:
    grounds = Grounds(prefix)
    return swap._replaced(grounds, made(grounds.new_staging(), prefix.name, identity), identity, owner_of(prefix))


@pytest.fixture(params=["exchange", "renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both ways to swap: in one step, and under the journal where the file system has no such call."""
    if request.param == "renames":
        monkeypatch.setattr(swap, "exchanged", lambda one, other: False)
    return request.param


@pytest.mark.usefixtures("way")
def test_only_the_last_generation_is_kept_and_that_is_said(tmp_path: Path) -> None:
    prefix = made(tmp_path / ".venv", ".venv", "a")
    other = made(tmp_path / "other", "other", "o")
    swapped_by_hand(other, "p")
    assert swapped_by_hand(prefix, "b").says == ()
    third = swapped_by_hand(prefix, "c")
    assert third.says == ("an older generation was removed: only the last one is kept",)
    assert third.previous is not None
    assert (identity_of(prefix), identity_of(third.previous)) == ("c", "b")
    assert sorted(filter(None, map(identity_of, (tmp_path / ".drivetrain" / "generations").iterdir()))) == ["b", "o"]
    assert not Grounds(prefix).journal.exists()


CUT = """
import os, signal, sys
from pathlib import Path
from drivetrain.install import owner_of, swap
from drivetrain.install.grounds import Grounds
prefix, way, cut = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
steps = 0
def step(action):
    def stepped(*args):
        global steps
        if steps == cut:
            os.kill(os.getpid(), signal.SIGKILL)
        steps += 1
        return action(*args)
    return stepped
swap.exchanged = step(swap.exchanged) if way == "exchange" else lambda one, other: False
swap.Path.rename = step(Path.rename)
grounds = Grounds(prefix)
new = next(iter(grounds.stagings()))
swap._replaced(grounds, new, "new", owner_of(prefix))
"""


@linux
@pytest.mark.parametrize(("way", "cut"), [("exchange", 0), ("exchange", 1), ("renames", 0), ("renames", 1), ("renames", 2)])
def test_a_swap_killed_at_any_step_is_finished_or_taken_back(tmp_path: Path, way: str, cut: int) -> None:
    prefix = made(tmp_path / ".venv", ".venv", "old")
    grounds = Grounds(prefix)
    made(grounds.new_staging(), ".venv", "new")
    environ = {**os.environ, "PYTHONPATH": str(Path(install.__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", CUT, str(prefix), way, str(cut)], env=environ, check=False, capture_output=True, text=True)
    assert done.returncode in (-9, 0), done.stderr
    recover(prefix)
    kept = [identity_of(path) for _, path in grounds.generations()]
    assert (identity_of(prefix), kept) in [("new", ["old"]), ("old", [])]
    if cut > 0:
        assert identity_of(prefix) == "new"
    assert not grounds.journal.exists()
    assert grounds.stagings() == []
    recover(prefix)
    assert identity_of(prefix) is not None


def test_a_swap_that_the_system_refuses_leaves_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def refused(one: Path, other: Path) -> bool:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(swap, "exchanged", refused)
    prefix = made(tmp_path / ".venv", ".venv", "old")
    with pytest.raises(PrefixError, match=r"came with a container's image and cannot be renamed"):
        swapped_by_hand(prefix, "new")
    assert identity_of(prefix) == "old"
    assert not Grounds(prefix).journal.exists()


def test_a_prefix_that_somebody_made_meanwhile_is_not_touched(settings: EngineSettings, tmp_path: Path, alpha_lock: Lock) -> None:
    prefix = tmp_path / ".venv"
    staged = stage(order_of(alpha_lock, prefix), settings)
    prefix.mkdir()
    (prefix / "theirs.txt").write_text("mine")
    with pytest.raises(PrefixError, match="a folder with other things in it"):
        commit(staged)
    assert (prefix / "theirs.txt").read_text() == "mine"
    assert not staged.path.exists()


@linux
def test_processes_that_run_from_the_old_one_are_named(tmp_path: Path) -> None:
    prefix = made(tmp_path / ".venv", ".venv", "old")
    (prefix / "bin").mkdir()
    program = prefix / "bin" / "sleeper"
    program.write_bytes(Path("/bin/sleep").read_bytes())
    program.chmod(0o755)
    with subprocess.Popen([program, "30"]) as running:
        # Between fork and exec the child is still us, and within exec it has no command line yet.
        while not Path(f"/proc/{running.pid}/cmdline").read_bytes().startswith(os.fsencode(program)):
            pass
        done = swapped_by_hand(prefix, "new")
        running.kill()
    assert any(str(running.pid) in each and "restart" in each for each in done.says)


@linux
def test_two_folders_change_places(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(name)
    if not exchanged(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this file system has no exchange")
    assert (tmp_path / "one" / "name").read_text() == "other"
    with pytest.raises(FileNotFoundError):
        exchanged(tmp_path / "one", tmp_path / "nowhere")


def test_nothing_to_restore_is_said(tmp_path: Path) -> None:
    with pytest.raises(PrefixError, match="no earlier generation"):
        restore(made(tmp_path / ".venv", ".venv", "a"))
