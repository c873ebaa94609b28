"""An environment inside an unpacked image is audited as the image's own system would see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from scan.making import contents, lay, venv

from drivetrain.cli import main
from drivetrain.errors import PrefixError
from drivetrain.model.machine import Gpu, Machine, OperatingSystem, Toolkit
from drivetrain.workflows.images import audit_of_image, machine_of_image, prefix_in

HOST = Machine(
    os=OperatingSystem(family="linux", name="Fedora Linux 43", glibc="2.42", distribution="fedora"),
    gpus=(Gpu(name="RTX 4090", compute_capability="8.9"),),
    toolkits=(Toolkit(path="/usr/local/cuda", version="12.4"),),
)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    root = tmp_path / "image"
    lay(venv(root / "opt/venv"), contents("one", "1", {"one.py": b""}, requires=["two>=2"]))
    (root / "usr/lib/x86_64-linux-gnu").mkdir(parents=True)
    (root / "lib").symlink_to("usr/lib")
    (root / "usr/lib/x86_64-linux-gnu/libc.so.6").write_bytes(b"\x7fELF..GNU C Library (Debian GLIBC 2.31-13) stable release version 2.31.\n")
    (root / "etc").mkdir()
    (root / "etc/os-release").write_text('NAME="Debian GNU/Linux"\nVERSION_ID="11"\nID=debian\n')
    return root


def test_the_system_is_the_images_and_the_gpus_are_the_machines(image: Path) -> None:
    seen = machine_of_image(image, HOST)
    assert (seen.os.glibc, seen.os.name, seen.os.distribution) == ("2.31", "Debian GNU/Linux 11", "debian")
    assert (seen.gpus, seen.toolkits) == (HOST.gpus, ())


def test_an_image_without_a_c_library_keeps_what_is_known(tmp_path: Path) -> None:
    assert machine_of_image(tmp_path, HOST).os.glibc == "2.42"


def test_an_image_with_musl_has_no_glibc_whatever_the_machine_has(image: Path) -> None:
    (image / "usr/lib/ld-musl-x86_64.so.1").write_bytes(b"\x7fELF")
    assert (machine_of_image(image, HOST).os.glibc, machine_of_image(image, HOST).os.release) == (None, "musl 1")
    lay(image / "opt/venv/lib/python3.11/site-packages", contents("two", "2", {"two.so": b""}, tag="cp311-cp311-manylinux_2_17_x86_64"))
    done, _ = audit_of_image(image, None, HOST)
    assert "platform-without-build" in {each.cause for each in done.found("error")}


def test_its_environment_is_found_or_named(image: Path) -> None:
    assert prefix_in(image, None) == image / "opt/venv"
    assert prefix_in(image, "/opt/venv") == prefix_in(image, "opt/venv") == prefix_in(image, str(image / "opt/venv")) == image / "opt/venv"
    done, prefix = audit_of_image(image, None, HOST)
    assert prefix == image / "opt/venv"
    assert {each.cause for each in done.found()} == {"dependency-missing"}


def test_an_image_without_environment(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "gone"):
        with pytest.raises(PrefixError):
            prefix_in(root, None)


def test_as_it_is_typed(image: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(image.parent)
    assert main(["audit", "--root", "image", "/opt/venv"]) == 1
    assert "two>=2" in capsys.readouterr().out
    assert main(["audit", "--root", "image", "/opt/other"]) == 2
