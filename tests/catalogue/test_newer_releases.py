"""Releases that came after the catalogue was made are planned from METADATA: right CUDA family, right driver, what is unknown said as unknown."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from index_server import Index, served

from drivetrain.catalogue.refresh.snapshot_file import snapshot_in

SOURCE = Path(__file__).parents[2] / "src"
MACHINE = Path(__file__).parents[1] / "machines" / "rtx-5090-driver-575.json"
Ask = Callable[..., Any]


def publish(index: Index, name: str, version: str, requires: tuple[str, ...] = (), *, tags: str = "py3-none-any", day: str = "2027-01-10") -> None:
    index.publish(f"{name.replace('-', '_')}-{version}-{tags}.whl", requires, uploaded=f"{day}T00:00:00Z")


NATIVE = "cp312-cp312-manylinux_2_28_x86_64"
LIBRARY = "py3-none-manylinux_2_27_x86_64"


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """The index as it may be in January 2027: each framework has a release that nobody has described."""
    made = Index()
    parts = (("cuda-runtime", "cudart"), ("cublas", "cublas"))
    for version, cuda, sparse in (("14.1.0", "14.1", "13.0.1"), ("13.2.2", "13.2", "12.7.10")):
        pins = (*(f'nvidia-{part}=={cuda}.* ; extra == "{extra}"' for part, extra in parts), f'nvidia-cusparse=={sparse} ; extra == "cusparse"')
        publish(made, "cuda-toolkit", version, pins)
    for name, versions in (
        ("nvidia-cuda-runtime", ("14.1.3", "13.2.20")),
        ("nvidia-cublas", ("14.1.9", "13.2.9")),
        ("nvidia-cusparse", ("13.0.1", "12.7.10")),
        ("nvidia-cudnn-cu13", ("9.40.0.1",)),
        ("nvidia-cudnn-cu12", ("9.40.0.1",)),
        ("nvidia-cuda-runtime-cu12", ("12.9.79",)),
        ("nvidia-nccl-cu13", ("2.40.1",)),
    ):
        for version in versions:
            publish(made, name, version, tags=LIBRARY)
    publish(made, "numpy", "2.9.0", tags=NATIVE)
    torch = ("filelock", "typing-extensions>=4.13.0", "sympy>=1.13.3", 'cuda-toolkit[cudart,cublas,cusparse]==13.2.2 ; platform_system == "Linux"')
    publish(made, "torch", "2.98.0", (*torch, 'nvidia-cudnn-cu13==9.40.0.1 ; platform_system == "Linux"'), tags=NATIVE, day="2026-12-10")
    newest = (*torch[:3], 'cuda-toolkit[cudart,cublas,cusparse]==14.1.0 ; platform_system == "Linux"', 'nvidia-nccl-cu13==2.40.1 ; platform_system == "Linux"')
    publish(made, "torch", "2.99.0", (*newest[:4],), tags=NATIVE)
    publish(made, "torchvision", "0.99.0", ("numpy", "torch==2.98.0"), tags=NATIVE)
    for version, family in (("0.99.0", 13),):
        plugin = f"jax-cuda{family}-plugin"
        publish(made, "jax", version, (f"jaxlib=={version}", "numpy>=2", f'{plugin}[with-cuda]=={version} ; extra == "cuda{family}"'))
        publish(made, "jaxlib", version, ("numpy>=2",), tags=NATIVE)
        publish(made, plugin, version, (f"jax-cuda{family}-pjrt=={version}", 'nvidia-cuda-runtime>=13,<14 ; extra == "with-cuda"'), tags=NATIVE)
        publish(made, f"jax-cuda{family}-pjrt", version, tags=LIBRARY)
    cuda = tuple(f'{each} ; extra == "and-cuda"' for each in ("nvidia-cudnn-cu13>=9.3,<10.0", "nvidia-cuda-runtime>=13.0,<14.0"))
    publish(made, "tensorflow", "2.99.0", ("numpy>=2", *cuda), tags=NATIVE)
    server = served(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def ask(index: Index, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Runs drivetrain as on a machine whose only package index is this one, its news read once; a described GPU counts every place."""
    folder = tmp_path_factory.mktemp("newer")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_", "DRIVETRAIN_", "LC_", "LANG")) and "proxy" not in name.lower()
    }
    variables = {**kept, "PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8", "UV_DEFAULT_INDEX": index.url, "UV_NO_CONFIG": "1", "PIP_CONFIG_FILE": os.devnull}

    def run(*words: str, code: int = 0, **more: str) -> Any:
        command = [sys.executable, "-m", "drivetrain", *words, "--json", "--cache-dir", str(folder / "cache")]
        done = subprocess.run(command, env={**variables, **more}, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return msgspec.json.decode(done.stdout)

    run("catalogue", "refresh")
    return run


def planned(ask: Ask, *words: str, driver: str = "580.65.06", gpu: str = "RTX 4090", code: int = 0) -> Any:
    return ask("plan", *words, "--os", "linux", "--gpu", gpu, "--driver", driver, "--python", "3.12", "--sources", "index", "--offline", code=code)


def package(plan: Any, name: str) -> Any:
    return next(each for each in plan["packages"] if each["name"] == name)


def test_a_new_torch_takes_its_family_from_what_it_requires(ask: Ask) -> None:
    plan = planned(ask, "torch")
    assert (package(plan, "torch")["version"], plan["cuda"]["family"], plan["cuda"]["version"]) == ("2.98.0", 13, "13.2")
    assert plan["cudnn"] == "9.40.0.1"
    assert any("torch 2.98.0" in each and "newer than the catalogue" in each for each in plan["assumptions"]), plan["assumptions"]
    assert any("device code" in each for each in plan["assumptions"]), "nobody has read it"


def test_a_new_cuda_family_is_no_match_for_a_driver_of_the_old_one(ask: Ask) -> None:
    """torch 2.99.0 is of CUDA 14, of which no table names the driver: one that serves CUDA 13 certainly does not."""
    left_out = next(each for each in planned(ask, "torch")["reasons"] if each["version"] == "2.99.0")
    assert left_out["cause"] == "driver-too-old-for-cuda"
    assert "CUDA 14" in left_out["says"]


def test_a_new_cuda_family_is_taken_where_nothing_says_that_the_driver_cannot(ask: Ask, tmp_path: Path) -> None:
    """A driver newer than every table: that it serves CUDA 14 is not known, and is said; cuSPARSE 13.0.1 is of CUDA 14, as cuda-toolkit has it."""
    machine = msgspec.json.decode(MACHINE.read_bytes())
    machine["driver"] |= {"version": "700.10", "cuda": "14.1"}
    (tmp_path / "newer.json").write_bytes(msgspec.json.encode(machine))
    plan = ask("plan", "torch", "--machine", str(tmp_path / "newer.json"), "--python", "3.12", "--sources", "index", "--offline")
    assert (package(plan, "torch")["version"], plan["cuda"]["family"]) == ("2.99.0", 14)
    assert package(plan, "nvidia-cusparse")["version"] == "13.0.1"


def test_a_driver_that_is_too_old_for_its_family_is_the_reason(ask: Ask) -> None:
    refusal = planned(ask, "torch", driver="550.54.14", code=3)
    causes = {each["cause"] for each in refusal["refusal"]} | {one["cause"] for each in refusal["refusal"] for one in each["because"]}
    assert "driver-too-old-for-cuda" in causes, refusal["refusal"]


def test_a_new_companion_goes_with_the_torch_that_it_pins(ask: Ask) -> None:
    plan = planned(ask, "torch", "torchvision")
    assert (package(plan, "torchvision")["version"], package(plan, "torch")["version"]) == ("0.99.0", "2.98.0")


def test_a_new_jax_has_the_extra_of_its_plugins_family(ask: Ask) -> None:
    plan = planned(ask, "jax")
    jax = package(plan, "jax")
    assert (jax["version"], jax["extras"], plan["cuda"]["family"]) == ("0.99.0", ["cuda13"], 13)
    assert any("newer than the catalogue" in each for each in plan["assumptions"])


def test_a_new_tensorflow_whose_extra_moved_to_another_family(ask: Ask) -> None:
    """No TensorFlow of the catalogue is of CUDA 13; that this one is stands in its METADATA."""
    plan = planned(ask, "tensorflow")
    tensorflow = package(plan, "tensorflow")
    assert (tensorflow["version"], tensorflow["extras"], plan["cuda"]["family"]) == ("2.99.0", ["and-cuda"], 13)
    assert package(plan, "nvidia-cudnn-cu13")["version"] == "9.40.0.1"


def test_they_are_listed_with_what_is_known(ask: Ask) -> None:
    rows = {
        row["version"]: row
        for row in ask("versions", "torch", "--os", "linux", "--gpu", "RTX 4090", "--driver", "580.65.06")["versions"]
        if row["source"] == "wheel"
    }
    assert rows["2.98.0"]["usable"]
    assert "newer than the catalogue" in rows["2.98.0"]["says"]


def test_news_are_told_by_distribution(ask: Ask, index: Index) -> None:
    publish(index, "torch", "2.98.1", ("filelock",), tags=NATIVE, day="2027-01-20")
    index.projects["numpy"]["numpy-2.9.0-cp312-cp312-manylinux_2_28_x86_64.whl"].yanked = "broken"
    try:
        found = ask("catalogue", "refresh")
        told = {(each["distribution"], each["version"], each["what"]) for each in found["changes"]}
        assert told == {("torch", "2.98.1", "released"), ("numpy", "2.9.0", "yanked")}
        assert found["seconds"] >= 0
        assert found["overlay"]["used"]
        assert found["overlay"]["places"] == [index.url]
    finally:
        del index.projects["torch"]["torch-2.98.1-cp312-cp312-manylinux_2_28_x86_64.whl"]
        index.projects["numpy"]["numpy-2.9.0-cp312-cp312-manylinux_2_28_x86_64.whl"].yanked = False
        ask("catalogue", "refresh")


def test_a_broken_index_leaves_what_was_known(ask: Ask, index: Index, tmp_path: Path) -> None:
    before = ask("catalogue", "show")
    bytes_before = Path(before["overlay"]["path"]).read_bytes()
    index.failures["/simple/torch/"] = 10**6
    try:
        failure = ask("catalogue", "refresh", code=2)
        assert "/simple/torch/" in failure["says"]
        assert failure["next"]
    finally:
        del index.failures["/simple/torch/"]
    assert Path(before["overlay"]["path"]).read_bytes() == bytes_before
    assert [each.name for each in Path(before["overlay"]["path"]).parent.iterdir() if "snapshot" in each.name] == ["snapshot.json"], "nothing half-written"
    assert snapshot_in(Path(before["overlay"]["path"])).as_of


def test_an_overlay_of_last_week_is_used_no_longer(ask: Ask) -> None:
    path = Path(ask("catalogue", "show")["overlay"]["path"])
    now = path.stat().st_mtime
    try:
        os.utime(path, (now - 8 * 86400, now - 8 * 86400))
        assert not ask("catalogue", "show")["overlay"]["used"]
        assert package(planned(ask, "torch"), "torch")["version"] != "2.98.0"
        os.utime(path, (now - 6 * 86400, now - 6 * 86400))
        assert package(planned(ask, "torch"), "torch")["version"] == "2.98.0"
    finally:
        os.utime(path, (now, now))


def test_offline_and_refresh_is_one_line(ask: Ask) -> None:
    failure = ask("catalogue", "refresh", "--offline", code=2)
    assert "--offline" in failure["says"]


def test_plan_refresh_asks_first(ask: Ask, index: Index) -> None:
    publish(
        index, "torch", "2.98.2", ('nvidia-cudnn-cu13==9.40.0.1 ; platform_system == "Linux"', "cuda-toolkit[cudart]==13.2.2"), tags=NATIVE, day="2027-01-20"
    )
    words = ("plan", "torch<2.99", "--os", "linux", "--gpu", "RTX 4090", "--driver", "580.65.06", "--python", "3.12", "--sources", "index")
    assert package(ask(*words, "--refresh"), "torch")["version"] == "2.98.2"


def test_extra_indexes_and_labels_count(ask: Ask, tmp_path: Path) -> None:
    """A mirror of PyTorch's index, configured as an extra one: its builds are counted on this machine, with what their METADATA says."""
    other = Index()
    server = served(other)
    try:
        other.publish(f"torch-2.98.0+cu126-{NATIVE}.whl", ["filelock", "nvidia-cudnn-cu12==9.40.0.1", "nvidia-cuda-runtime-cu12==12.9.79"])
        cache = str(tmp_path / "cache")
        ask("catalogue", "refresh", "--cache-dir", cache, UV_INDEX=other.url)
        snapshot = snapshot_in(tmp_path / "cache" / "snapshot.json") if (tmp_path / "cache").exists() else None
        assert snapshot is not None
        assert [(each.version, each.local, each.place) for each in snapshot.labelled] == [("2.98.0", "cu126", f"index:{other.url}")]
        assert [each.name for each in snapshot.labelled[0].requires] == ["filelock", "nvidia-cudnn-cu12", "nvidia-cuda-runtime-cu12"]
    finally:
        server.shutdown()
        server.server_close()


def test_a_password_stands_in_no_file_and_on_no_screen(ask: Ask, index: Index, tmp_path: Path) -> None:
    import base64

    index.password = f"Basic {base64.b64encode(b'me:s3cret').decode()}"
    try:
        cache = tmp_path / "cache"
        found = ask("catalogue", "refresh", "--cache-dir", str(cache), UV_DEFAULT_INDEX=index.url.replace("://", "://me:s3cret@"))
        assert found["overlay"]["places"] == [index.url]
        assert "s3cret" not in msgspec.json.encode(found).decode()
        assert b"s3cret" not in (cache / "snapshot.json").read_bytes()
        failure = ask("catalogue", "refresh", "--cache-dir", str(cache), UV_DEFAULT_INDEX=index.url.replace("://", "://me:wr0ng@"), code=2)
        assert "wr0ng" not in msgspec.json.encode(failure).decode()
    finally:
        index.password = ""
