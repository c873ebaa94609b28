"""An environment read from disk: real ones that uv made, layouts of other systems, and damaged ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scan.guide.environment import guide_environment
from scan.making import contents, digest, lay, uv_venv, venv, wheel, windows_venv

from drivetrain.errors import PrefixError
from drivetrain.scan import scan


@pytest.fixture(scope="module")
def two_owners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real venv in which two wheels own three files: one with other content, one of the same size, one identical."""
    folder = tmp_path_factory.mktemp("wheels")
    first = {"shared/longer.so": b"of the first wheel", "shared/even.so": b"AAAA", "shared/__init__.py": b"", "first/__init__.py": b"x = 1\n"}
    second = {"shared/longer.so": b"second", "shared/even.so": b"BBBB", "shared/__init__.py": b"", "second/__init__.py": b""}
    wheels = (
        wheel(folder, "first-wheel", "1.0", first, requires=["second-wheel>=2", 'extra-one ; extra == "more"']),
        wheel(folder, "second-wheel", "2.0", second),
    )
    return uv_venv(tmp_path_factory.mktemp("two") / "env", *wheels)


def test_a_venv_made_by_uv(two_owners: Path) -> None:
    environment = scan(two_owners)
    assert (environment.kind, environment.platform) == ("venv", "linux")
    assert environment.python is not None
    assert environment.python.startswith("3.")
    first = environment.distribution("first-wheel")
    assert first is not None
    assert (first.version, first.installer, first.requested, first.missing) == ("1.0", "uv", True, 0)
    assert first.requires == ("second-wheel>=2", 'extra-one ; extra == "more"')
    assert first.tags == ("py3-none-any",)
    assert environment.binaries == 2
    assert environment.notes == ()


def test_shared_files_are_hashed_only_where_sizes_do_not_decide(two_owners: Path) -> None:
    shared = {each.path: each for each in scan(two_owners).shared_files}
    assert set(shared) == {"shared/longer.so", "shared/even.so", "shared/__init__.py"}
    assert (shared["shared/longer.so"].size_bytes, shared["shared/longer.so"].sha256) == (6, None)
    assert f"sha256={shared['shared/even.so'].sha256}" == digest(b"BBBB")
    assert shared["shared/__init__.py"].sha256 is None


def test_missing_and_shortened_files_are_counted(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("broken", "1", {"broken/a.py": b"a", "broken/b.py": b"bb", "broken/c.py": b"ccc"}))
    (site / "broken/a.py").unlink()
    (site / "broken/b.py").write_bytes(b"")
    broken = scan(tmp_path).distribution("broken")
    assert broken is not None
    assert broken.missing == 2
    assert [(each.path, each.size_bytes) for each in broken.damaged] == [("broken/a.py", None), ("broken/b.py", 0)]


def test_byte_code_and_moved_scripts_are_no_damage(tmp_path: Path) -> None:
    site = venv(tmp_path)
    info = lay(site, contents("tool", "1", {"tool.py": b""}))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tool").write_text("#!/another/python\n")
    with (info / "RECORD").open("a") as record:
        record.write(f"../../../bin/tool,{digest(b'short')},5\ntool/__pycache__/tool.cpython-311.pyc,,\n")
    tool = scan(tmp_path).distribution("tool")
    assert tool is not None
    assert tool.missing == 0


def test_the_windows_environment_of_the_guide_read_here(tmp_path: Path) -> None:
    environment = scan(guide_environment(tmp_path))
    assert (environment.kind, environment.platform, environment.python) == ("venv", "windows", "3.11.4")
    assert environment.requirements == ("tensorflow[and-cuda]==2.13.1",)
    assert environment.requirements_from == "drivetrain/request.json"
    (facts,) = environment.builds
    assert (facts.distribution, facts.is_cuda_build) == ("tensorflow", False)


def test_windows_paths_differ_in_case_and_slash(tmp_path: Path) -> None:
    site = windows_venv(tmp_path)
    lay(site, contents("one", "1", {"shared/x.dll": b"1"}))
    info = lay(site, contents("two", "1"))
    (site / "shared/X.dll").write_bytes(b"22")
    (info / "RECORD").write_text(f"Shared\\X.dll,{digest(b'22')},2\n")
    assert len(scan(tmp_path).shared_files) == 1


def test_a_venv_that_shows_the_systems_packages(tmp_path: Path) -> None:
    venv(tmp_path)
    assert not scan(tmp_path).inherits
    with (tmp_path / "pyvenv.cfg").open("a") as settings:
        settings.write("include-system-site-packages = true\n")
    assert scan(tmp_path).inherits


def test_a_conda_environment(tmp_path: Path) -> None:
    site = tmp_path / "lib/python3.12/site-packages"
    lay(site, contents("torch", "2.5.1", {"torch/version.py": b"__version__ = '2.5.1'\ncuda = None\nhip = None\n"}), installer="conda")
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    for name in ("torch-2.5.1-cpu_generic_py312_1", "cudnn-9.3.0.75-hf36481c_1", "python-3.12.4-h194c7f8_0_cpython", "history"):
        (meta / (name if name == "history" else f"{name}.json")).write_text("{}")
    environment = scan(tmp_path)
    assert (environment.kind, environment.python) == ("conda", "3.12.4")
    torch, cudnn = environment.distribution("torch"), environment.distribution("cudnn")
    assert torch is not None
    assert cudnn is not None
    assert torch.build == "cpu_generic_py312_1"
    assert (cudnn.version, cudnn.installer, cudnn.path) == ("9.3.0.75", "conda", "conda-meta/cudnn-9.3.0.75-hf36481c_1.json")
    assert environment.distribution("python") is None


def test_a_plain_folder(tmp_path: Path) -> None:
    lay(tmp_path, contents("thing", "1", {"thing.pyd": b""}, tag="cp312-cp312-win_amd64"))
    environment = scan(tmp_path)
    assert (environment.kind, environment.platform, environment.python) == ("folder", "windows", None)


def test_a_lib64_folder_of_its_own_is_read_too(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("pure", "1", {"pure/__init__.py": b""}))
    lay(tmp_path / "lib64/python3.11/site-packages", contents("compiled", "1", {"compiled/x.so": b"elf"}))
    environment = scan(tmp_path)
    compiled = environment.distribution("compiled")
    assert compiled is not None
    assert compiled.path == "../../../lib64/python3.11/site-packages/compiled-1.dist-info"
    assert compiled.missing == 0
    assert [each.name for each in environment.installed] == ["compiled", "pure"]


def test_a_lib64_link_is_read_once(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("pure", "1", {"pure/__init__.py": b""}))
    (tmp_path / "lib64").symlink_to("lib")
    assert scan(tmp_path).shared_files == ()


def test_damage_is_noted_and_never_a_crash(tmp_path: Path) -> None:
    site = venv(tmp_path)
    (lay(site, contents("headless", "1.5", {"headless.py": b""})) / "METADATA").write_bytes(b"\xff\xfe\x00garbage")
    (lay(site, contents("torn", "2", {"torn.py": b""})) / "RECORD").write_bytes(b"torn.py,sha256=abc\n\xff\xfe,,x\ntorn.py,,\n")
    (lay(site, contents("listless", "3")) / "RECORD").unlink()
    (site / "nothing-4.dist-info").mkdir()
    (site / "noversion.dist-info").mkdir()
    (site / "file-5.dist-info").write_text("a file where a folder belongs")
    environment = scan(tmp_path)
    assert {(each.name, each.version) for each in environment.installed} == {
        ("headless", "1.5"),
        ("torn", "2"),
        ("listless", "3"),
        ("nothing", "4"),
        ("file", "5"),
    }
    text = "\n".join(environment.notes)
    assert "headless-1.5.dist-info: holds no readable METADATA" in text
    assert "torn-2.dist-info/RECORD: line 1 is damaged" in text
    assert "listless-3.dist-info: has no RECORD" in text


def test_egg_info_of_a_system(tmp_path: Path) -> None:
    site = tmp_path / "lib/python3/dist-packages"
    site.mkdir(parents=True)
    (tmp_path / "lib/python3.11").mkdir()
    (site / "PyYAML-6.0.egg-info").write_text("Metadata-Version: 1.1\nName: PyYAML\nVersion: 6.0\n")
    environment = scan(tmp_path)
    assert environment.kind == "system"
    assert [(each.name, each.version, each.files) for each in environment.installed] == [("pyyaml", "6.0", ())]


def test_leftovers_of_an_uninstall(tmp_path: Path) -> None:
    site = venv(tmp_path)
    (site / "~umpy").mkdir()
    (site / "~umpy-1.26.dist-info").mkdir()
    assert scan(tmp_path).leftovers == ("~umpy", "~umpy-1.26.dist-info")


def test_what_was_asked_for_in_a_requirements_file(tmp_path: Path) -> None:
    venv(tmp_path)
    (tmp_path / "requirements.txt").write_text("# ours\ntensorflow[and-cuda]==2.13.1  # gpu\n-r other.txt\n\n")
    environment = scan(tmp_path)
    assert (environment.requirements, environment.requirements_from) == (("tensorflow[and-cuda]==2.13.1",), "requirements.txt")


def test_a_damaged_request_is_a_note(tmp_path: Path) -> None:
    venv(tmp_path)
    (tmp_path / "drivetrain").mkdir()
    (tmp_path / "drivetrain/request.json").write_text("{")
    packages = [{"name": "jax", "version": "0.10.2", "extras": [], "requested": True}, {"name": "numpy", "version": "2.0"}]
    (tmp_path / "drivetrain/plan.json").write_text(json.dumps({"status": "planned", "accelerator": "cpu", "packages": packages}))
    environment = scan(tmp_path)
    assert environment.requirements == ("jax==0.10.2",)
    assert environment.accelerator == "cpu"
    assert "request.json" in environment.notes[0]


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.write_text("")], ids=["missing", "empty", "file"])
def test_no_environment_is_said_in_one_line(tmp_path: Path, make: object) -> None:
    make(tmp_path / "prefix")  # type: ignore[operator]
    with pytest.raises(PrefixError) as error:
        scan(tmp_path / "prefix")
    assert str(tmp_path / "prefix") in error.value.says
    assert "\n" not in error.value.says
    assert error.value.next


def test_nothing_is_imported_or_run(tmp_path: Path) -> None:
    site = venv(tmp_path)
    trap = b"raise SystemExit('imported')\n"
    lay(
        site, contents("torch", "2.5.1", {"torch/__init__.py": trap, "torch/version.py": trap + b"__version__ = '2.5.1+cu124'\ncuda: Optional[str] = '12.4'\n"})
    )
    (site / "trap.pth").write_text("import os; os._exit(3)\n")
    (facts,) = scan(tmp_path).builds
    assert (facts.cuda, facts.is_cuda_build) == ("12.4", True)


def test_a_wheel_whose_name_says_cuda_states_its_build(tmp_path: Path) -> None:
    site = windows_venv(tmp_path)
    for name, version in (("onnxruntime-gpu", "1.26.0"), ("cupy-cuda12x", "14.2.0"), ("mxnet", "1.9.1")):
        lay(site, contents(name, version))
    environment = scan(site.parent.parent)
    assert [(each.distribution, each.is_cuda_build) for each in environment.builds] == [("cupy-cuda12x", True), ("onnxruntime-gpu", True)]
