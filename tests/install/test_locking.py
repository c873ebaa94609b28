"""A lock is what was planned, from where it was planned, complete; what cannot be locked is said in one line."""

from __future__ import annotations

import http.server
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from install_orders import MACHINE, PYTHON, VERSION, locked, plan_of
from install_wheels import build_wheel, publish, sha256_of
from msgspec.structs import replace

from drivetrain.errors import EngineError, FileError, IndexUnreachable, UsageError
from drivetrain.formats.requirements import wish_of
from drivetrain.formats.toml_tree import table_of
from drivetrain.install import EngineSettings, local_files, lock, read_lock, write_lock
from drivetrain.model.documents import FrozenMap
from drivetrain.model.lock import Clash, Lock
from drivetrain.model.machine import Machine, OperatingSystem
from drivetrain.model.plan import Package
from drivetrain.model.request import Request

NOTHING = Request(wishes=())


def with_index(settings: EngineSettings, *indexes: dict[str, object], **more: object) -> EngineSettings:
    return replace(settings, uv=FrozenMap({"index": list(indexes), **more}))


@pytest.fixture
def served(index: Path) -> Iterator[str]:
    """The index over HTTP, for user "me" with password "secret"."""

    class Guarded(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            if self.headers.get("Authorization") == "Basic bWU6c2VjcmV0":
                super().do_GET()
            else:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="index"')
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Guarded, directory=str(index.parent))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}/simple/"
        server.shutdown()


def test_a_lock_has_every_file_by_hash_size_and_index(alpha_lock: Lock, index: Path) -> None:
    assert [(each.name, each.version) for each in alpha_lock.artifacts] == [("alpha", "2.0"), ("beta", "2.0")]
    wheel = index / "alpha" / "alpha-2.0-py3-none-any.whl"
    first = alpha_lock.artifacts[0]
    assert (first.file, first.bytes, first.sha256) == (wheel.name, wheel.stat().st_size, sha256_of(wheel))
    table = table_of(alpha_lock.text, "lock")
    assert {each["index"] for each in table["packages"]} == {index.as_uri()}
    assert (table["requires-python"], alpha_lock.python) == (f"=={VERSION}.*", VERSION)


def test_the_requests_other_requirements_and_constraints_take_part(settings: EngineSettings) -> None:
    request = Request(wishes=(), constraints=(wish_of("beta<2"),))
    made = lock(plan_of("alpha==1.0", requirements=("clash",)), request, MACHINE, PYTHON, settings)
    assert isinstance(made, Lock)
    assert {each.name: each.version for each in made.artifacts} == {"alpha": "1.0", "beta": "1.0", "clash": "1.0"}


def test_a_machines_own_constraints_bind_it_and_no_described_target(settings: EngineSettings) -> None:
    bound = replace(MACHINE, constraints=("beta<2",))
    versions = []
    for machine in (bound, replace(bound, described=True)):
        made = lock(plan_of("alpha==1.0"), NOTHING, machine, PYTHON, settings)
        assert isinstance(made, Lock)
        versions.append({each.name: each.version for each in made.artifacts}["beta"])
    assert versions == ["1.0", "2.0"]


def test_a_clash_says_why_and_names_what_was_planned(settings: EngineSettings) -> None:
    answer = lock(plan_of("beta==2.0", "alpha==1.0", requirements=("clash",)), NOTHING, MACHINE, PYTHON, settings)
    assert isinstance(answer, Clash)
    assert answer.names == ("beta",)
    assert "beta<2" in answer.says
    assert "╰" not in answer.says
    assert "cause:" not in answer.says


def test_a_requirement_that_exists_nowhere_is_a_clash(settings: EngineSettings) -> None:
    answer = lock(plan_of("beta==2.0", requirements=("no-such-distribution",)), NOTHING, MACHINE, PYTHON, settings)
    assert isinstance(answer, Clash)
    assert "no-such-distribution was not found" in answer.says


def test_the_planned_build_is_locked_and_no_other_of_that_version(settings: EngineSettings, tmp_path: Path) -> None:
    build_wheel(tmp_path, "beta", "2.0+cpu")
    with_links = replace(settings, find_links=(str(tmp_path),))
    assert [each.version for each in locked(with_links, "beta==2.0").artifacts] == ["2.0"]
    plan = replace(plan_of(), packages=(Package(name="beta", version="2.0", local="cpu", build="cpu", source=str(tmp_path)),))
    made = lock(plan, NOTHING, MACHINE, PYTHON, with_links)
    assert isinstance(made, Lock)
    assert [each.version for each in made.artifacts] == ["2.0+cpu"]
    assert made.artifacts[0].bytes == (tmp_path / "beta-2.0+cpu-py3-none-any.whl").stat().st_size
    assert "index" not in table_of(made.text, "lock")["packages"][0]
    assert local_files(made) == (str(tmp_path / "beta-2.0+cpu-py3-none-any.whl"),)


def test_a_package_comes_from_the_place_that_the_plan_says(settings: EngineSettings, tmp_path: Path, index: Path) -> None:
    special = tmp_path / "whl" / "cu128"
    build_wheel(special / "beta", "beta", "2.0", {"beta/__init__.py": "special = True\n"})
    build_wheel(special / "alpha", "alpha", "9.0")
    publish(special)
    placed = replace(settings, places=FrozenMap({"a special index": f"{tmp_path.as_uri()}/whl/{{build}}"}))
    plan = replace(
        plan_of(),
        packages=(Package(name="alpha", version="2.0", source="package index"), Package(name="beta", version="2.0", build="cu128", source="a special index")),
    )
    made = lock(plan, NOTHING, MACHINE, PYTHON, placed)
    assert isinstance(made, Lock)
    assert {each["name"]: each["index"] for each in table_of(made.text, "lock")["packages"]} == {"alpha": index.as_uri(), "beta": special.as_uri()}
    assert made.artifacts[1].sha256 == sha256_of(special / "beta" / "beta-2.0-py3-none-any.whl")


def test_a_package_comes_from_a_page_of_links_too(settings: EngineSettings, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path / "cuda11", "beta", "2.0+cuda11.cudnn86", {"beta/__init__.py": "special = True\n"})
    (tmp_path / "releases.html").write_text(f'<html><body><a href="cuda11/{wheel.name}">{wheel.name}</a></body></html>\n')
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = f"http://127.0.0.1:{server.server_address[1]}/releases.html"
        plan = plan_of("alpha==2.0")
        package = Package(name="beta", version="2.0+cuda11.cudnn86", local="cuda11.cudnn86", source="a release page")
        plan = replace(plan, packages=(*plan.packages, package))
        made = lock(plan, NOTHING, MACHINE, PYTHON, replace(settings, places=FrozenMap({"a release page": page})))
        server.shutdown()
    assert isinstance(made, Lock)
    assert {each.name: each.version for each in made.artifacts} == {"alpha": "2.0", "beta": "2.0+cuda11.cudnn86"}
    assert made.artifacts[1].sha256 == sha256_of(wheel)


def test_local_paths_may_be_built_and_nothing_else(settings: EngineSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "backend.py").write_text(
        "def _metadata(folder):\n    import os\n    os.makedirs(folder + '/mine-0.1.dist-info')\n"
        "    open(folder + '/mine-0.1.dist-info/METADATA', 'w').write('Metadata-Version: 2.1\\nName: mine\\nVersion: 0.1\\nRequires-Dist: beta\\n')\n"
        "    return 'mine-0.1.dist-info'\n"
        "def prepare_metadata_for_build_wheel(folder, config_settings=None):\n    return _metadata(folder)\n"
        "def build_wheel(*args):\n    raise SystemExit('not here')\n"
    )
    (tmp_path / "mine" / "pyproject.toml").write_text("[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n")
    monkeypatch.chdir(tmp_path)
    request = Request(wishes=(wish_of("./mine"),))
    made = lock(plan_of("alpha==1.0", requirements=("./mine",)), request, MACHINE, PYTHON, settings)
    assert isinstance(made, Lock)
    directory = next(each["directory"] for each in table_of(made.text, "lock")["packages"] if each["name"] == "mine")
    assert directory["path"] == str(tmp_path / "mine")


def test_hashes_of_the_request_bind(settings: EngineSettings, index: Path) -> None:
    right = sha256_of(index / "beta" / "beta-2.0-py3-none-any.whl")
    assert locked(settings, "beta==2.0", request=Request(wishes=(replace(wish_of("beta==2.0"), hashes=(f"sha256:{right}",)),)))
    with pytest.raises(EngineError, match=r"beta-2\.0-py3-none-any\.whl has another hash"):
        locked(settings, "beta==2.0", request=Request(wishes=(replace(wish_of("beta==2.0"), hashes=("sha256:" + "0" * 64,)),)))


def test_a_target_elsewhere_is_locked_for_its_platform(settings: EngineSettings, tmp_path: Path) -> None:
    root = tmp_path / "simple"
    for tag in (
        "cp312-cp312-win_amd64",
        "cp312-cp312-manylinux_2_28_x86_64",
        "cp312-cp312-manylinux_2_38_x86_64",
        "cp310-cp310-win_amd64",
        "cp312-cp312-macosx_14_0_arm64",
    ):
        wheel = build_wheel(root / "native", "native", "1.0")
        wheel.rename(wheel.with_name(f"native-1.0-{tag}.whl"))
    publish(root)
    ours = with_index(settings, {"url": root.as_uri(), "default": True})
    files = {}
    for name, system, arch in (
        ("windows", OperatingSystem(family="windows", name="Windows 10"), "x86_64"),
        ("new", OperatingSystem(family="linux", glibc="2.39"), "x86_64"),
        ("old", OperatingSystem(family="linux", glibc="2.35"), "x86_64"),
        ("mac", OperatingSystem(family="macos", name="macOS 14.5"), "arm64"),
    ):
        made = lock(plan_of("native==1.0", python="3.12"), NOTHING, Machine(os=system, arch=arch, described=True), "3.12", ours)
        assert isinstance(made, Lock)
        files[name] = made.artifacts[0].file.split("cp312-")[-1]
    assert files == {
        "windows": "win_amd64.whl",
        "new": "manylinux_2_38_x86_64.whl",
        "old": "manylinux_2_28_x86_64.whl",
        "mac": "macosx_14_0_arm64.whl",
    }


def test_passwords_reach_the_index_and_nobody_else(settings: EngineSettings, served: str, tmp_path: Path) -> None:
    ours = with_index(replace(settings, cache_dir=tmp_path / "cache"), {"url": f"http://me:secret@{served}", "default": True})
    made = locked(ours, "alpha==2.0")
    assert "secret" not in made.text
    assert {each["index"] for each in table_of(made.text, "lock")["packages"]} == {f"http://{served}"}
    wrong = with_index(replace(settings, cache_dir=tmp_path / "cache2"), {"url": f"http://me:guess@{served}", "default": True, "authenticate": "always"})
    answer: Clash | IndexUnreachable
    try:
        got = lock(plan_of("alpha==2.0"), NOTHING, MACHINE, PYTHON, wrong)
        assert isinstance(got, Clash)
        answer = got
    except IndexUnreachable as error:
        answer = error
    assert "guess" not in answer.says


def test_an_index_that_does_not_answer_is_named(settings: EngineSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    ours = with_index(replace(settings, cache_dir=tmp_path / "cache"), {"url": "http://me:secret@127.0.0.1:9/simple", "default": True})
    with pytest.raises(IndexUnreachable, match=r"http://127\.0\.0\.1:9 did not answer \(Connection refused") as caught:
        locked(ours, "alpha==2.0")
    assert "secret" not in caught.value.says
    assert "--index" in caught.value.next


def test_offline_uses_the_cache_and_says_what_it_lacks(settings: EngineSettings, served: str, tmp_path: Path) -> None:
    ours = with_index(replace(settings, cache_dir=tmp_path / "cache"), {"url": f"http://me:secret@{served}", "default": True})
    offline = replace(ours, offline=True)
    with pytest.raises(IndexUnreachable, match=r"the cache does not hold all that is needed \(beta\)"):
        locked(offline, "beta==2.0")
    online = locked(ours, "beta==2.0")
    assert locked(offline, "beta==2.0") == online


def test_a_conda_plan_is_not_for_uv(settings: EngineSettings) -> None:
    with pytest.raises(UsageError, match="conda"):
        lock(replace(plan_of("beta==2.0"), engine="conda"), NOTHING, MACHINE, PYTHON, settings)


def test_a_lock_survives_writing_and_moves_with_the_wheels_below_it(settings: EngineSettings, tmp_path: Path) -> None:
    build_wheel(tmp_path / "project" / "wheels", "beta", "3.0")
    made = locked(replace(settings, find_links=(str(tmp_path / "project" / "wheels"),)), "beta==3.0")
    saved = write_lock(made, tmp_path / "project" / "pylock.toml")
    assert 'path = "wheels/beta-3.0-py3-none-any.whl"' in saved.text
    (tmp_path / "project").rename(tmp_path / "moved")
    again = read_lock(tmp_path / "moved" / "pylock.toml")
    assert again.artifacts == made.artifacts
    assert local_files(again) == (str(tmp_path / "moved" / "wheels" / "beta-3.0-py3-none-any.whl"),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("not = [toml", "not valid TOML"),
        ('lock-version = "2.0"\n', "lock-version: expected 1.0, got 2.0"),
        ('lock-version = "1.0"\npackages = 3\n', "packages: expected array, got integer"),
        ('lock-version = "1.0"\n[[packages]]\nversion = "1"\n', r"packages\[0\]\.name: expected string, got nothing"),
        ('lock-version = "1.0"\n[[packages]]\nname = "a"\nwheels = [{ url = "u" }]\n', r"packages\[0\]\.wheels\[0\]\.hashes: expected table, got nothing"),
    ],
)
def test_a_damaged_lock_says_where(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "pylock.toml"
    path.write_text(text)
    with pytest.raises(FileError, match=fault) as caught:
        read_lock(path)
    assert str(path) in caught.value.says


def test_a_lock_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_lock(tmp_path / "pylock.toml")


def test_the_tests_run_on_the_python_they_lock_for() -> None:
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" == VERSION
