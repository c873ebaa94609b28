"""Files that two wheels own: who is on disk, who lost, and what is no conflict; incomplete environments."""

from __future__ import annotations

from pathlib import Path

from audit.facts import RTX_4090, catalogue, found, machine, outcomes, states
from scan.making import contents, lay, uv_venv, venv, wheel

from drivetrain.scan import scan

HERE = machine(RTX_4090)


def cudnns(tmp_path: Path, first: bytes = b"of CUDA 13, longer", second: bytes = b"of CUDA 12") -> Path:
    """A real venv: torch needs the cuDNN of CUDA 13, the one of CUDA 12 came later."""
    library = "nvidia/cudnn/lib/libcudnn.so.9"
    thirteen = wheel(tmp_path, "nvidia-cudnn-cu13", "9.26.0.51", {library: first, "nvidia/__init__.py": b""})
    twelve = wheel(tmp_path, "nvidia-cudnn-cu12", "9.28.0.42", {library: second, "nvidia/__init__.py": b""})
    torch = wheel(tmp_path, "torch", "2.15.0", {"torch/version.py": b"__version__ = '2.15.0'\ncuda = '13.0'\n"}, ["nvidia-cudnn-cu13==9.26.0.51"])
    return uv_venv(tmp_path / "env", thirteen, torch, twelve)


def test_two_cudnn_majors_in_one_folder(tmp_path: Path) -> None:
    several = outcomes(HERE, scan(cudnns(tmp_path)))
    first = next(each for each in several if each.cause == "cuda-wheel-majors-mixed" and each.severity == "error")
    assert first.about == "nvidia-cudnn-cu13"
    assert first.says == "nvidia-cudnn-cu13 9.26.0.51 lost files to nvidia-cudnn-cu12 9.28.0.42: 1 of them; needed by torch 2.15.0"
    (evidence,) = first.evidence
    assert evidence.path == "nvidia/cudnn/lib/libcudnn.so.9"
    assert evidence.text == "on disk: nvidia-cudnn-cu12 9.28.0.42; lost: nvidia-cudnn-cu13 9.26.0.51"
    (fix,) = first.fix
    assert fix.edit is not None
    assert fix.edit.drop == ("nvidia-cudnn-cu12",)


def test_same_size_is_told_apart_by_hash(tmp_path: Path) -> None:
    several = outcomes(HERE, scan(cudnns(tmp_path, b"AAAA", b"BBBB")))
    first = next(each for each in several if each.state == "found")
    assert "on disk: nvidia-cudnn-cu12" in first.evidence[0].text


def test_identical_content_is_clear(tmp_path: Path) -> None:
    several = outcomes(HERE, scan(cudnns(tmp_path, b"same", b"same")))
    assert states("files-of-two-wheels", several) == {"clear"}
    assert not [each for each in several if each.state == "found" and each.severity == "error"]


def test_a_file_of_neither_owner(tmp_path: Path) -> None:
    prefix = cudnns(tmp_path)
    next(prefix.rglob("libcudnn.so.9")).write_bytes(b"a third content altogether")
    outcome = next(each for each in outcomes(HERE, scan(prefix)) if each.state == "found" and each.evidence[0].path == "nvidia/cudnn/lib/libcudnn.so.9")
    assert "on disk: neither" in outcome.evidence[0].text


def test_two_builds_of_one_framework(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("tensorflow-cpu", "2.20.0", {"tensorflow/__init__.py": b"cpu"}))
    lay(site, contents("tensorflow", "2.20.0", {"tensorflow/__init__.py": b"cuda build"}))
    several = found(HERE, scan(tmp_path))
    outcome = several["duplicate-framework-packages"]
    assert "files-of-two-wheels" not in several
    assert outcome.about == "tensorflow"
    assert "on disk: tensorflow 2.20.0; lost: tensorflow-cpu 2.20.0" in [each.text for each in outcome.evidence]
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.drop == ("tensorflow-cpu",)
    assert outcome.fix[0].edit.require == ("tensorflow==2.20.0",)


def test_other_wheels_and_tests_folders(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("one", "1", {"tests/conftest.py": b"1", "cv2/cv2.so": b"1"}))
    lay(site, contents("two", "1", {"tests/conftest.py": b"22", "cv2/cv2.so": b"22"}))
    lay(site, contents("three", "1", {"LICENSE": b"1"}))
    lay(site, contents("four", "1", {"LICENSE": b"22"}))
    severities = {each.about: each.severity for each in outcomes(HERE, scan(tmp_path)) if each.cause == "files-of-two-wheels" and each.state == "found"}
    assert severities == {"one": "error", "three": "note"}


def test_owners_without_hash_or_size_cannot_be_told(tmp_path: Path) -> None:
    site = venv(tmp_path)
    for name in ("one", "two"):
        info = lay(site, contents(name, "1", {"shared.py": name.encode()}))
        (info / "RECORD").write_text("shared.py,,\n")
    assert states("files-of-two-wheels", outcomes(HERE, scan(tmp_path))) == {"unknown"}


def test_an_interrupted_install(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("torch", "2.10.0", {f"torch/{number}.py": b"x" for number in range(30)}))
    for number in range(25):
        (site / f"torch/{number}.py").unlink()
    outcome = found(HERE, scan(tmp_path))["environment-incomplete"]
    assert outcome.severity == "error"
    assert outcome.says == "torch 2.10.0 lacks 25 of its 33 files, or has them cut short"
    assert len(outcome.evidence) == 20
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.require == ("torch==2.10.0",)


def test_an_edited_file_is_a_warning(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("certifi", "1", {"certifi/core.py": b"x"}))
    (site / "certifi/core.py").write_bytes(b"x and ours")
    assert found(HERE, scan(tmp_path))["environment-incomplete"].severity == "warning"


def test_a_broken_uninstall_and_two_versions(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("numpy", "1.26.4", {"numpy/__init__.py": b"1"}))
    lay(site, contents("numpy", "2.0.0", {"numpy/__init__.py": b"2.0"}))
    (site / "~umpy").mkdir()
    several = [each for each in outcomes(HERE, scan(tmp_path)) if each.cause == "environment-incomplete" and each.state == "found"]
    assert [each.about for each in several] == ["numpy", "environment"]
    assert several[0].says == "numpy is installed 2 times: 1.26.4, 2.0.0"
    assert several[1].severity == "warning"
    assert not [each for each in outcomes(HERE, scan(tmp_path)) if each.cause == "files-of-two-wheels" and each.state == "found"]


def test_a_whole_environment_is_clear_and_what_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    site = venv(tmp_path)
    info = lay(site, contents("numpy", "2.0.0", {"numpy/__init__.py": b"1"}))
    assert states("environment-incomplete", outcomes(HERE, scan(tmp_path), catalogue())) == {"clear"}
    (info / "RECORD").unlink()
    assert states("environment-incomplete", outcomes(HERE, scan(tmp_path), catalogue())) == {"clear", "unknown"}
