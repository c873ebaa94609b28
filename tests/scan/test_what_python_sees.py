"""What decides which packages a Python sees: interpreter, path files, user site, eggs, conda's records, and an image's root."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest
from scan.making import contents, lay, metadata, uv_venv, venv, wheel, windows_venv

from drivetrain.errors import PrefixError
from drivetrain.scan import scan

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_the_interpreter_of_a_real_venv(tmp_path: Path) -> None:
    uv_venv(tmp_path / "env", wheel(tmp_path, "one", "1"))
    python = scan(tmp_path / "env").interpreter
    assert python is not None
    assert python.executable == "bin/python"
    assert Path(python.target) == Path(sys.executable).resolve()
    assert python.exists
    assert python.arch in ("x86_64", "aarch64", "arm64")
    assert Path(python.home).is_dir()


def test_an_interpreter_that_is_gone(tmp_path: Path) -> None:
    venv(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to("/opt/gone/bin/python3.11")
    python = scan(tmp_path).interpreter
    assert python is not None
    assert (python.target, python.exists, python.arch) == ("/opt/gone/bin/python3.11", False, "")


def test_an_interpreter_of_another_system_is_not_judged(tmp_path: Path) -> None:
    windows_venv(tmp_path)
    python = scan(tmp_path).interpreter
    assert python is not None
    assert (python.executable, python.exists, python.home) == ("", None, "C:\\Python311")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("#!/srv/other/bin/python3\nimport pip\n", "/srv/other/bin/python3"),
        ("#!/bin/sh\n'''exec' \"/srv/a very long path/bin/python\" \"$0\" \"$@\"\n' '''\n", "/srv/a very long path/bin/python"),
        ("no script", ""),
    ],
)
def test_the_python_that_pip_names(tmp_path: Path, text: str, named: str) -> None:
    venv(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/pip").write_text(text)
    python = scan(tmp_path).interpreter
    assert python is not None
    assert python.pip == named


def test_a_python_without_the_gil(tmp_path: Path) -> None:
    (tmp_path / "lib/python3.13t/site-packages").mkdir(parents=True)
    (tmp_path / "pyvenv.cfg").write_text("version_info = 3.13.0\n")
    python = scan(tmp_path).interpreter
    assert python is not None
    assert python.free_threaded


def test_path_files_and_what_they_run(tmp_path: Path) -> None:
    site = venv(tmp_path / "env")
    source = tmp_path / "source"
    source.mkdir()
    lay(site, contents("edited", "1", {"__editable__.edited-1.pth": f"{source}\n".encode()}))
    (site / "sub").mkdir()
    (site / "a_second.pth").write_text("\ufeff# a comment\n\nsub\n/srv/gone\nimport os; os.getpid()\n")
    (site / ".hidden.pth").write_text("sub\n")
    (site / "sitecustomize.py").write_text("")
    (site / "usercustomize").mkdir()
    environment = scan(tmp_path / "env")
    edited, second = environment.path_files
    assert (edited.path, edited.folders, edited.owner) == ("__editable__.edited-1.pth", (source.as_posix(),), "edited")
    assert (second.folders, second.missing, second.code, second.owner) == (("sub",), ("/srv/gone",), ("import os; os.getpid()",), "")
    assert environment.customised == ("sitecustomize.py", "usercustomize")


def user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "user"))
    monkeypatch.delenv("PYTHONNOUSERSITE", raising=False)
    folder = tmp_path / "user" / "lib" / "python3.11" / "site-packages"
    lay(folder, contents("numpy", "1.26.4"))
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the folder's name is another one there")
def test_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = user_folder(tmp_path, monkeypatch)
    (tmp_path / "usr/lib/python3.11/site-packages").mkdir(parents=True)
    seen = scan(tmp_path / "usr").user_site
    assert seen is not None
    assert (seen.path, seen.visible, seen.why) == (folder.as_posix(), True, "")
    assert [(each.name, each.version) for each in seen.installed] == [("numpy", "1.26.4")]
    monkeypatch.setenv("PYTHONNOUSERSITE", "1")
    hidden = scan(tmp_path / "usr").user_site
    assert hidden is not None
    assert (hidden.visible, hidden.why) == (False, "PYTHONNOUSERSITE")


@pytest.mark.skipif(sys.platform == "win32", reason="the folder's name is another one there")
def test_a_venv_does_not_see_the_users_folder_unless_it_shows_the_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user_folder(tmp_path, monkeypatch)
    venv(tmp_path / "env")
    hidden = scan(tmp_path / "env").user_site
    assert hidden is not None
    assert (hidden.visible, hidden.why) == (False, "venv")
    with (tmp_path / "env/pyvenv.cfg").open("a") as settings:
        settings.write("include-system-site-packages = true\n")
    shown = scan(tmp_path / "env").user_site
    assert shown is not None
    assert shown.visible
    venv(tmp_path / "older", python="3.9.1")
    assert scan(tmp_path / "older").user_site is None


def test_a_users_folder_that_cannot_be_looked_into_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venv(tmp_path / "env")
    for base in (f"/{'x' * 300}", str(tmp_path / "env/pyvenv.cfg")):
        monkeypatch.setenv("PYTHONUSERBASE", base)
        assert scan(tmp_path / "env").user_site is None


def test_eggs(tmp_path: Path) -> None:
    site = venv(tmp_path / "env")
    folder = site / "Old_Thing-1.2-py3.11.egg/EGG-INFO"
    folder.mkdir(parents=True)
    (folder / "PKG-INFO").write_text(metadata("Old-Thing", "1.2", ["numpy<2"]))
    with zipfile.ZipFile(site / "zipped-3.0-py3.11-linux-x86_64.egg", "w") as egg:
        egg.writestr("EGG-INFO/PKG-INFO", metadata("zipped", "3.0"))
    (site / "left-0.1-py3.11.egg").mkdir()
    source = tmp_path / "source"
    (source / "linked.egg-info").mkdir(parents=True)
    (source / "linked.egg-info/PKG-INFO").write_text(metadata("linked", "0.9"))
    (site / "linked.egg-link").write_text(f"{source}\n.")
    (site / "easy-install.pth").write_text(f"./Old_Thing-1.2-py3.11.egg\n./zipped-3.0-py3.11-linux-x86_64.egg\n{source}\n")
    environment = scan(tmp_path / "env")
    assert {(each.name, each.version, each.kind, each.active) for each in environment.eggs} == {
        ("old-thing", "1.2", "folder", True),
        ("zipped", "3.0", "zip", True),
        ("left", "0.1", "folder", False),
        ("linked", "", "link", True),
    }
    seen = {each.name: each for each in environment.installed}
    assert set(seen) == {"old-thing", "zipped", "linked"}
    assert seen["old-thing"].requires == ("numpy<2",)
    assert (seen["linked"].version, seen["linked"].editable, seen["linked"].path) == ("0.9", True, "linked.egg-link")


def test_a_damaged_egg_is_no_crash(tmp_path: Path) -> None:
    site = venv(tmp_path)
    (site / "broken-1.0-py3.11.egg").write_bytes(b"PK\x03\x04 torn")
    (site / "easy-install.pth").write_text("./broken-1.0-py3.11.egg\n")
    (one,) = scan(tmp_path).installed
    assert (one.name, one.version) == ("broken", "1.0")


def record(name: str, version: str, files: dict[str, int | None], **more: object) -> str:
    paths = [{"_path": path, "path_type": "hardlink", "size_in_bytes": size} for path, size in files.items()]
    return json.dumps({"name": name, "version": version, "files": list(files), "paths_data": {"paths_version": 1, "paths": paths}, **more})


def test_what_conda_owns_and_what_pip_has_replaced(tmp_path: Path) -> None:
    site = tmp_path / "lib/python3.12/site-packages"
    lay(site, contents("torch", "2.6.0+cu124", {"torch/__init__.py": b""}), installer="pip")
    lay(site, contents("numpy", "2.1.0", {"numpy/__init__.py": b""}), installer="conda")
    (tmp_path / "lib/libcudnn.so.9").write_bytes(b"1234")
    (tmp_path / "lib/python3.1").symlink_to("python3.12")
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    info = "lib/python3.12/site-packages/{}.dist-info/METADATA"
    depends = ["cudnn >=9.3"]
    files = {info.format("torch-2.5.1"): 10, "lib/python3.12/site-packages/torch/__init__.py": 0, "lib/python3.12/a.pyc": 3}
    (meta / "pytorch-2.5.1-cuda126_1.json").write_text(record("pytorch", "2.5.1", files, build="cuda126_1", channel="conda-forge", depends=depends))
    (meta / "numpy-2.1.0-py312_0.json").write_text(record("numpy", "2.1.0", {info.format("numpy-2.1.0"): None}, build="py312_0"))
    (meta / "cudnn-9.3.0-h_1.json").write_text(record("cudnn", "9.3.0", {"lib/libcudnn.so.9": 4, "lib/libcudnn_ops.so.9": 8}, build="h_1"))
    (meta / "torn-1.0-0.json").write_text("{not json")
    environment = scan(tmp_path)
    packages = {each.name: each for each in environment.conda}
    torch = packages["pytorch"]
    assert (torch.build, torch.channel, torch.depends, torch.files) == ("cuda126_1", "conda-forge", ("cudnn >=9.3",), 3)
    assert (torch.distribution, torch.replaced_by, torch.replaced_with) == ("torch", "2.6.0+cu124", "pip")
    assert torch.missing == (info.format("torch-2.5.1"),)
    assert packages["numpy"].replaced_by == ""
    assert packages["cudnn"].missing == ("lib/libcudnn_ops.so.9",)
    assert any("torn-1.0-0.json" in note for note in environment.notes)
    cudnn = environment.distribution("cudnn")
    assert cudnn is not None
    assert [each.path for each in cudnn.files] == ["../../libcudnn.so.9", "../../libcudnn_ops.so.9"]
    assert environment.distribution("pytorch") is None
    assert [each.name for each in environment.installed if each.build] == ["numpy", "torch", "cudnn", "torn"]


def test_programs_of_a_target_folder_lie_beside_the_packages(tmp_path: Path) -> None:
    info = lay(tmp_path, contents("tool", "1", {"tool.py": b""}))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tool").write_text("#!python\n")
    with (info / "RECORD").open("a") as lines:
        lines.write("../../bin/tool,sha256=abc,9\n")
    tool = scan(tmp_path).distribution("tool")
    assert tool is not None
    assert tool.missing == 0


def test_a_retagged_wheel_is_whole(tmp_path: Path) -> None:
    """scipy 1.14.1 for macOS: its WHEEL was changed after RECORD had been written."""
    info = lay(tmp_path, contents("scipy", "1.14.1", {"scipy.py": b""}))
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nTag: cp312-cp312-macosx_12_0_arm64\n")
    (scipy,) = scan(tmp_path).installed
    assert scipy.missing == 0
    (info / "WHEEL").unlink()
    (scipy,) = scan(tmp_path).installed
    assert scipy.missing == 1


def image(tmp_path: Path) -> Path:
    """An image's folder: a venv whose links are absolute, as in the image."""
    root = tmp_path / "image"
    site = venv(root / "opt/venv")
    lay(site, contents("one", "1", {"one/__init__.py": b""}))
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/python3.11").write_bytes(b"\x7fELF of the image")
    (root / "opt/venv/bin").mkdir()
    (root / "opt/venv/bin/python").symlink_to("/usr/bin/python3.11")
    (root / "srv/code").mkdir(parents=True)
    (site / "code.pth").write_text("/srv/code\n/srv/gone\n")
    (root / "usr/lib").mkdir()
    (root / "usr/lib/libz.so.1").write_bytes(b"\x7fELF")
    (site / "libz.so").symlink_to("/usr/lib/libz.so.1")
    return root


def test_an_images_root(tmp_path: Path) -> None:
    root = image(tmp_path)
    environment = scan(root / "opt/venv", root=root)
    assert environment.root == str(root)
    python = environment.interpreter
    assert python is not None
    assert (python.target, python.exists) == ("/usr/bin/python3.11", True)
    (paths,) = environment.path_files
    assert (paths.folders, paths.missing) == (("/srv/code",), ("/srv/gone",))
    assert {each.path: each.link for each in environment.libraries} == {"libz.so": "/usr/lib/libz.so.1"}
    assert environment.user_site is None


def test_no_link_of_an_image_leads_out_of_it(tmp_path: Path) -> None:
    root = image(tmp_path)
    secret = tmp_path / "secret"
    lay(secret, contents("stolen", "1", {"stolen.so": b"\x7fELF"}))
    site = root / "opt/venv/lib/python3.11/site-packages"
    (site / "stolen-1.dist-info").symlink_to(secret / "stolen-1.dist-info")
    (site / "up-1.dist-info").symlink_to("../../../../../../secret/stolen-1.dist-info")
    (site / "stolen.so").symlink_to("../../../../../../secret/stolen.so")
    (site / "loop.so").symlink_to("loop.so")
    info = site / "one-1.dist-info/RECORD"
    info.write_text(info.read_text() + "../../../../../../secret/stolen.so,sha256=abc,4\n")
    environment = scan(root / "opt/venv", root=root)
    assert "stolen" not in {each.name for each in environment.installed if each.requires or each.tags}
    assert "stolen.so" not in {each.path for each in environment.libraries}
    one = environment.distribution("one")
    assert one is not None
    assert [(each.path, each.size_bytes) for each in one.damaged] == [("../../../../../../secret/stolen.so", None)]


def test_a_prefix_of_an_image_that_is_not_there(tmp_path: Path) -> None:
    root = image(tmp_path)
    with pytest.raises(PrefixError):
        scan(root / "opt/other", root=root)
