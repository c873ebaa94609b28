"""`./drivetrain` and `./test` make their private environment on first use, keep it, and make it anew when it no longer fits."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from pathlib import Path

import pytest

from small_checkout import Checkout, Ran

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the sh wrappers; the .cmd ones have not run yet")


def test_first_use_says_what_it_makes_and_the_next_says_nothing(first_use: tuple[Checkout, Ran]) -> None:
    checkout, first = first_use
    assert first.told["argv"] == ["plan", "two words", "", "torch>=2.6,<3", "*"]
    assert re.search(r"\d+ MB to download, \d+ MB on disk, about \d+ s", first.err)
    assert str(checkout.state) in first.err
    again = checkout.run("./drivetrain")
    assert again.told["executable"] == first.told["executable"]
    assert again.err == ""
    assert not (checkout.root / ".venv").exists()


def test_it_is_byte_compiled_whatever_the_shell_says(used: Checkout) -> None:
    assert used.environ["PYTHONDONTWRITEBYTECODE"] == "1"
    assert used.run("./drivetrain").told["compiled"]


def test_what_lies_around_cannot_stand_in_for_our_packages(used: Checkout, tmp_path: Path) -> None:
    (tmp_path / "first_dependency.py").write_text("raise SystemExit('the wrong one')", encoding="utf-8")
    used.variables["PYTHONPATH"] = str(tmp_path)
    assert str(tmp_path) not in used.run(str(used.root / "drivetrain"), cwd=tmp_path).told["path"]


def test_next_lines_can_repeat_what_was_typed(used: Checkout, tmp_path: Path) -> None:
    assert used.run("./drivetrain").told["invoked"] == "./drivetrain"
    (tmp_path / "drivetrain").symlink_to(os.path.relpath(used.root / "drivetrain", tmp_path))
    used.variables["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    assert used.run("sh", "-c", "drivetrain --version; exit $?", cwd=tmp_path).told["invoked"] == "drivetrain"


def test_the_tests_have_an_environment_of_their_own(used: Checkout) -> None:
    quick = used.run("./test", "tests/solve", "-x")
    assert (quick.code, quick.out) == (5, "pytest ['tests/solve', '-x']\n")
    assert used.run("./test", "--full", "-x").out == "pytest ['-m', '', '-x']\n"
    assert [each.name.split("-")[0] for each in used.environments] == ["run", "test"]


def test_what_no_longer_fits_is_made_anew(checkout: Checkout) -> None:
    """Other dependencies: another environment, the old one removed, unless a process runs from it. A lost interpreter: the same one again."""
    first = checkout.run("./drivetrain").told["executable"]
    declared = checkout.root / "pyproject.toml"
    text = declared.read_text(encoding="utf-8")
    declared.write_text(text + "\n# nothing that matters\n", encoding="utf-8")
    same = checkout.run("./drivetrain")
    assert (same.told["executable"], same.err) == (first, "")

    declared.write_text(text.replace('"never', '"second-dependency",\n    "never'), encoding="utf-8")
    running = checkout.start(first, "-I", "-c", "import time; print('up', flush=True); time.sleep(60)")
    assert running.stdout is not None
    assert running.stdout.readline() == "up\n"
    second = checkout.run("./drivetrain").told["executable"]
    assert second != first
    assert Path(first).exists() or not Path("/proc").is_dir()
    running.kill()
    running.communicate()

    shutil.rmtree(Path(second).parent)
    assert checkout.run("./drivetrain").told["executable"] == second
    assert [str(each) for each in checkout.environments] == [second.rsplit("/bin/", 1)[0]]


def test_two_first_uses_at_once_make_one(checkout: Checkout) -> None:
    both = [checkout.start("./drivetrain") for _ in range(2)]
    said = [each.communicate(timeout=100) for each in both]
    assert [each.returncode for each in both] == [7, 7]
    assert len({json.loads(out)["executable"] for out, _ in said}) == 1
    assert len(checkout.environments) == 1
    assert sum("another run is making it" in err for _, err in said) == 1


def test_an_interrupted_first_use_leaves_nothing_that_counts(checkout: Checkout) -> None:
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        process = checkout.start("./drivetrain")
        limit = time.monotonic() + 30
        while not list(checkout.state.glob("environments/*/.making-*/lib")) and time.monotonic() < limit:
            time.sleep(0.02)
        process.send_signal(how)
        out, err = process.communicate(timeout=30)
        assert out == ""
        if how != signal.SIGKILL:
            assert process.returncode == 130, err
            assert "nothing was left behind" in err
            assert not checkout.state.exists()
    assert list(checkout.state.glob("environments/*/.making-*"))
    assert checkout.run("./drivetrain").told["argv"] == []
    assert len(checkout.environments) == 1
    assert not list(checkout.state.glob("environments/*/.making-*"))


def test_an_index_that_does_not_answer_is_one_line_and_leaves_nothing(checkout: Checkout) -> None:
    checkout.variables.update(PIP_NO_INDEX="0", PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_FIND_LINKS="", PIP_RETRIES="1")
    ran = checkout.run("./drivetrain", "--quiet", "plan", "--json")
    assert ran.code == 2
    assert re.fullmatch(r"drivetrain: the package index did not answer \(http://127\.0\.0\.1:9/simple: Connection refused\); .*pip config list.*\n", ran.err)
    assert json.loads(ran.out)["schema"] == "drivetrain/error/1"
    assert not checkout.state.exists()


def test_a_dependency_that_is_not_there_is_one_line_and_leaves_nothing(checkout: Checkout) -> None:
    (checkout.links / "first_dependency-1.0-py3-none-any.whl").unlink()
    ran = checkout.run("./drivetrain", "--quiet")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert "first-dependency>=1" in ran.err
    assert not checkout.state.exists()


def test_a_state_folder_that_cannot_be_written_is_one_line(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    ran = checkout.run("./drivetrain", "--lang", "zh")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert "DRIVETRAIN_STATE_DIR" in ran.err
    assert "无法写入" in ran.err
