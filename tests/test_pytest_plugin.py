"""`pytest --drivetrain`: real runs of pytest on environments that are broken or healthy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from scan.making import contents, lay, uv_venv, venv, wheel

from house import PACKAGE, ROOT

pytest_plugins = ["pytester"]

FLAGS = ("-p", "drivetrain.pytest_plugin", "-p", "no:cacheprovider")
MACHINE = str(ROOT / "tests" / "machines" / "rtx-4090-driver-560.json")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with one test that passes, and that sees nothing of drivetrain."""
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("DRIVETRAIN_CACHE_DIR", str(pytester.path / "cache"))
    pytester.makepyfile(
        test_passes="""
        import sys

        def test_passes():
            assert "msgspec" not in sys.modules
            assert "drivetrain.cli" not in sys.modules
        """
    )
    return pytester


@pytest.fixture
def broken(project: pytest.Pytester) -> Path:
    site = venv(project.path / "broken")
    lay(site, contents("numpy", "2.1.0"))
    lay(site, contents("oldthing", "1.0", {}, ["numpy<2"]))
    return project.path / "broken"


@pytest.fixture
def healthy(project: pytest.Pytester) -> Path:
    lay(venv(project.path / "healthy"), contents("numpy", "2.1.0"))
    return project.path / "healthy"


def run(project: pytest.Pytester, *words: object) -> pytest.RunResult:
    return project.runpytest_subprocess(*FLAGS, *map(str, words))


def test_a_broken_environment_fails_a_run_whose_tests_pass(project: pytest.Pytester, broken: Path) -> None:
    done = run(project, "--drivetrain", f"--drivetrain-prefix={broken}", f"--drivetrain-machine={MACHINE}")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(
        [
            "drivetrain: broken  errors: 1, warnings: 0",
            "*= drivetrain audit =*",
            "error *numpy*dependency-pin-conflict*",
            "*oldthing 1.0 requires numpy<2, installed is 2.1.0",
            "FAIL drivetrain: the environment is broken, whatever its tests say",
            "*1 passed*",
        ]
    )


def test_a_healthy_environment_changes_nothing(project: pytest.Pytester, healthy: Path) -> None:
    done = run(project, "--drivetrain", f"--drivetrain-prefix={healthy}", f"--drivetrain-machine={MACHINE}")
    assert done.ret == pytest.ExitCode.OK
    done.stdout.fnmatch_lines(["drivetrain: healthy  nothing is wrong"])
    done.stdout.no_fnmatch_line("*drivetrain audit*")


def test_failures_of_tests_stay_failures_and_the_findings_come_after_them(project: pytest.Pytester, broken: Path) -> None:
    project.makepyfile(test_fails="def test_fails(): assert 0")
    done = run(project, "--drivetrain", f"--drivetrain-prefix={broken}")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(["*= FAILURES =*", "*= drivetrain audit =*"])


def test_without_the_flag_nothing_is_audited(project: pytest.Pytester, broken: Path) -> None:
    done = run(project, f"--drivetrain-prefix={broken}")
    assert done.ret == pytest.ExitCode.OK
    done.stdout.no_fnmatch_line("drivetrain: *")
    done.stdout.no_fnmatch_line("*drivetrain audit*")


def test_settings_of_the_projects_file(project: pytest.Pytester, broken: Path) -> None:
    (project.path / "here.json").write_bytes(Path(MACHINE).read_bytes())
    project.makeini("[pytest]\ndrivetrain = true\ndrivetrain_prefix = broken\ndrivetrain_machine = here.json\n")
    below = project.mkdir("below")
    done = run(project, "--rootdir", project.path, "-c", project.path / "tox.ini", below.parent)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    (project.path / "tox.ini").write_text("[pytest]\ndrivetrain = true\ndrivetrain_prefix = broken\ndrivetrain_fail_on = never\n")
    done = run(project)
    assert done.ret == pytest.ExitCode.OK
    done.stdout.fnmatch_lines(["*= drivetrain audit =*", "error *numpy*"])
    done.stdout.no_fnmatch_line("FAIL *")
    (project.path / "tox.ini").write_text("[pytest]\ndrivetrain = true\ndrivetrain_fail_on = all\n")
    done = run(project)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["ERROR: drivetrain_fail_on cannot be all → one of: error, warning, note, never"])


def test_an_audit_that_cannot_be_is_one_line(project: pytest.Pytester) -> None:
    done = run(project, "--drivetrain", "--drivetrain-prefix=nowhere")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert [each for each in done.errlines if each] == ["ERROR: drivetrain: nowhere is no folder → name an environment with --prefix"]


def test_with_xdist_the_controller_audits_once(project: pytest.Pytester, broken: Path) -> None:
    done = run(project, "--drivetrain", f"--drivetrain-prefix={broken}", "-n", "2")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    text = done.stdout.str()
    assert text.count("= drivetrain audit =") == 1
    assert text.count("requires numpy<2") == 1
    done.assert_outcomes(passed=1)


def test_modules_of_the_project_with_the_names_of_ours_are_not_run(project: pytest.Pytester, healthy: Path) -> None:
    (project.path / "msgspec.py").write_text("raise SystemExit('this is not yours')")
    done = run(project, "--drivetrain", f"--drivetrain-prefix={healthy}", f"--drivetrain-machine={MACHINE}")
    done.stdout.fnmatch_lines(["drivetrain: healthy  nothing is wrong"])


def test_the_plugin_alone_imports_nothing_of_drivetrain() -> None:
    names = "('drivetrain', 'msgspec', 'json', 'subprocess', 'pytest')"
    code = f"import drivetrain.pytest_plugin, sys; print([each for each in sys.modules if each.startswith({names})])"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['drivetrain', 'drivetrain.pytest_plugin']"


@pytest.mark.install
@pytest.mark.timeout(600)
def test_installed_it_is_there_without_a_word_and_audits_its_own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("DRIVETRAIN_CACHE_DIR", str(tmp_path / "cache"))
    prefix = uv_venv(tmp_path / "env")
    python = prefix / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    subprocess.run([*pip, str(ROOT), "pytest", "pytest-xdist"], check=True)
    (tmp_path / "test_passes.py").write_text("def test_passes(): pass\n")

    def pytest_of_it(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, "-m", "pytest", *words], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "plugins: drivetrain-" in pytest_of_it().stdout
    healthy = pytest_of_it("--drivetrain")
    assert healthy.returncode == 0, healthy.stdout
    assert "drivetrain: env  nothing is wrong" in healthy.stdout
    oldthing = wheel(tmp_path, "oldthing", "1.0", {}, ["packaging<1"])
    subprocess.run([*pip, "--no-deps", str(oldthing)], check=True)
    for words in ((), ("-n", "1")):
        broken = pytest_of_it("--drivetrain", *words)
        assert broken.returncode == 1, broken.stdout
        assert broken.stdout.count("oldthing 1.0 requires packaging<1") == 1
        assert "1 passed" in broken.stdout
    assert pytest_of_it().returncode == 0
