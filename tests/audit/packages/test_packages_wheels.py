"""What wheels say of themselves and of each other: tags, names, folders, extensions, Keras 2, pkg_resources, NVIDIA's leftovers."""

from __future__ import annotations

from typing import Any

import pytest
from audit.facts import CUDNN_CODE, RTX_4090, environment, found, machine, one, outcomes, states, torch_built

from drivetrain.model.binary import Linkage
from drivetrain.model.environment import BuildFacts, Environment, Installed, OwnedFile
from drivetrain.model.library import Library
from drivetrain.model.outcome import Outcome
from drivetrain.model.site_folder import EnvironmentPython, LooseFolder

HERE = machine(RTX_4090)


def owning(name: str, version: str, *paths: str, **more: Any) -> Installed:
    return one(name, version, files=tuple(OwnedFile(path=each, sha256=None, size_bytes=3_000_000) for each in paths), **more)


def told(cause: str, *installed: Installed, **facts: Any) -> Outcome | None:
    return found(HERE, environment(*installed, **facts)).get(cause)


def answers(cause: str, *installed: Installed, **facts: Any) -> set[str]:
    return states(cause, outcomes(HERE, environment(*installed, **facts)))


# wheel-tag-mismatch

TAGS = "wheel-tag-mismatch"


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("cp310-cp310-manylinux_2_28_x86_64", "cp310-cp310, this is Python 3.11.7"),
        ("cp312-abi3-manylinux_2_28_x86_64", "cp312-abi3, this is Python 3.11.7"),
        ("cp311-cp311t-manylinux_2_28_x86_64", "cp311-cp311t, this is Python 3.11.7"),
        ("py2-none-any", "py2-none, this is Python 3.11.7"),
        ("cp311-cp311-win_amd64", "win_amd64, another operating system"),
    ],
)
def test_a_wheel_for_another_python_or_system_is_told(tag: str, said: str) -> None:
    torch = one("torch", "2.8.0", tags=(tag,))
    outcome = told(TAGS, torch, one("numpy", "2.0", tags=("cp311-cp311-manylinux_2_28_x86_64",)), interpreter=EnvironmentPython(arch="x86_64"))
    assert outcome is not None
    assert (outcome.severity, outcome.about) == ("error", "torch")
    assert said in outcome.says
    assert outcome.evidence[0].text == f"Tag: {tag}"


def test_one_wheel_for_another_processor_is_told_and_an_environment_of_them_is_not_this_rules() -> None:
    arm, intel = ("cp311-cp311-manylinux_2_28_aarch64",), ("cp311-cp311-manylinux_2_28_x86_64",)
    python = EnvironmentPython(arch="x86_64")
    outcome = told(TAGS, one("torch", "2.8.0", tags=arm), one("numpy", "2.0", tags=intel), interpreter=python)
    assert outcome is not None
    assert "another processor" in outcome.says
    assert "found" not in answers(TAGS, one("torch", "2.8.0", tags=arm), one("numpy", "2.0", tags=arm), interpreter=python)


@pytest.mark.parametrize(
    "tags",
    [
        ("cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux2014_x86_64"),
        ("cp38-abi3-manylinux_2_28_x86_64",),
        ("py2-none-any", "py3-none-any"),
        ("py39-none-any",),
        ("cp311-none-manylinux1_x86_64",),
        ("made-by-hand-and-odd",),
    ],
)
def test_wheels_that_fit_are_clear(tags: tuple[str, ...]) -> None:
    assert answers(TAGS, one("torch", "2.8.0", tags=tags), interpreter=EnvironmentPython(arch="x86_64")) == {"clear"}


def test_what_conda_brought_is_condas_and_without_a_version_nobody_can_tell() -> None:
    wheel = one("torch", "2.8.0", tags=("cp310-cp310-linux_x86_64",), build="cuda126py310_0")
    assert answers(TAGS, wheel) == {"clear"}
    assert answers(TAGS, one("torch", "2.8.0", tags=("cp310-cp310-linux_x86_64",)), python=None) == {"unknown"}


# duplicate-framework-packages

TWICE = "duplicate-framework-packages"


def test_a_nightly_build_beside_the_release() -> None:
    outcome = told(TWICE, owning("tensorflow", "2.20.0", "tensorflow/__init__.py"), owning("tf-nightly", "2.22.0.dev1", "tensorflow/__init__.py"))
    assert outcome is not None
    assert outcome.fix[0].edit is not None
    assert (outcome.fix[0].edit.require, outcome.fix[0].edit.drop) == (("tensorflow==2.20.0",), ("tf-nightly",))


def test_a_front_that_requires_the_real_one_is_clear() -> None:
    real = owning("tensorflow-intel", "2.13.1", "tensorflow/__init__.py")
    front = one("tensorflow", "2.13.1", 'tensorflow-intel ==2.13.1 ; platform_system == "Windows"')
    assert answers(TWICE, front, real, platform="windows") == {"clear"}
    assert "found" not in answers(TWICE, owning("tensorflow", "2.13.1", "tensorflow-2.13.1.dist-info/METADATA"), real)
    assert "found" not in answers(TWICE, one("tensorrt", "10.0", "tensorrt_cu12==10.0"), one("tensorrt-cu12", "10.0"))


def test_names_whose_files_could_not_be_read_cannot_be_told() -> None:
    several = (one("tensorflow", "2.20.0"), one("tensorflow-cpu", "2.20.0"))
    assert answers(TWICE, *several, notes=tuple(f"{each.path}: has no RECORD" for each in several)) == {"unknown"}


# removed-package-name


def test_a_retired_name_is_a_note_with_the_new_one() -> None:
    outcome = told("removed-package-name", one("tensorflow-gpu", "2.10.1"))
    assert outcome is not None
    assert outcome.severity == "note"
    assert outcome.fix[0].edit is not None
    assert (outcome.fix[0].edit.require, outcome.fix[0].edit.drop) == (("tensorflow",), ("tensorflow-gpu",))


def test_before_the_name_was_retired_and_beside_the_new_one_it_is_clear() -> None:
    assert answers("removed-package-name", one("tensorflow-gpu", "1.15.5")) == {"clear"}
    assert answers("removed-package-name", one("tensorflow-gpu", "2.10.1"), one("tensorflow", "2.10.1")) == {"clear"}
    assert answers("removed-package-name", one("tensorflow-gpu", "unreadable")) == {"unknown"}


# keras3-without-tf-keras

KERAS = "keras3-without-tf-keras"


@pytest.mark.parametrize(("name", "version", "severity"), [("tensorflow-probability", "0.25.0", "error"), ("transformers", "4.57.3", "warning")])
def test_who_imports_keras_2_beside_keras_3(name: str, version: str, severity: str) -> None:
    outcome = told(KERAS, one(name, version), one("tensorflow", "2.20.0"))
    assert outcome is not None
    assert (outcome.severity, outcome.about) == (severity, name)
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.require == ("tf-keras==2.20.*",)


@pytest.mark.parametrize(
    "installed",
    [
        (one("tensorflow-probability", "0.25.0"), one("tensorflow", "2.20.0"), one("tf-keras", "2.20.1")),
        (one("tensorflow-probability", "0.23.0"), one("tensorflow", "2.15.1")),
        (one("transformers", "4.57.3"), one("torch", "2.8.0")),
        (one("tensorflow", "2.20.0"), one("keras", "3.11.0")),
    ],
)
def test_who_has_keras_2_or_needs_none_is_clear(installed: tuple[Installed, ...]) -> None:
    assert "found" not in answers(KERAS, *installed)
    assert "clear" in answers(KERAS, *installed)


def test_releases_that_were_not_read_and_packages_from_outside_cannot_be_told() -> None:
    assert "unknown" in answers(KERAS, one("transformers", "5.1.0"), one("tensorflow", "2.20.0"))
    assert "unknown" in answers(KERAS, one("transformers", "4.57.3"), one("tensorflow", "nightly"))
    assert "unknown" in answers(KERAS, one("transformers", "4.57.3"), one("tensorflow", "2.20.0"), inherits=True)


# extension-built-without-cuda

EXTENSION = "extension-built-without-cuda"
VISION = owning("torchvision", "0.23.0", "torchvision/_C.so")


def beside_torch(vision: Installed, *needed: str, built: BuildFacts | None = None, code: bool = False) -> Environment:
    library = Library(
        path="torchvision/_C.so", bytes=1, linkage=Linkage(format="elf", arch="x86_64", needed=needed), code=CUDNN_CODE.libraries[0] if code else None
    )
    return environment(vision, one("torch", "2.8.0"), builds=(built or torch_built("12.8"),), libraries=(library,) if needed else ())


def test_an_extension_without_cuda_beside_a_torch_with_it() -> None:
    outcome = found(HERE, beside_torch(VISION, "libtorch_cpu.so", "libc10.so"))[EXTENSION]
    assert outcome.severity == "error"
    assert outcome.evidence[0].path == "torchvision/_C.so"
    assert "needs libtorch_cpu.so, libc10.so" in outcome.evidence[0].text
    labelled = one("torchvision", "0.23.0+cpu")
    assert found(machine(driver=None), beside_torch(labelled))[EXTENSION].severity == "warning"


@pytest.mark.parametrize(
    "silent",
    [
        beside_torch(VISION, "libtorch_cpu.so", "libc10_cuda.so"),
        beside_torch(VISION, "libtorch.so", code=True),
        beside_torch(VISION, "libtorch.so", built=torch_built(None)),
        environment(one("torch", "2.8.0"), builds=(torch_built("12.8"),)),
    ],
)
def test_an_extension_with_cuda_or_a_torch_without_is_clear(silent: Environment) -> None:
    assert states(EXTENSION, outcomes(HERE, silent)) == {"clear"}


def test_an_extension_whose_library_was_not_read_cannot_be_told() -> None:
    assert states(EXTENSION, outcomes(HERE, beside_torch(VISION))) == {"unknown"}
    assert states(EXTENSION, outcomes(HERE, environment(VISION, one("torch", "2.8.0")))) == {"unknown"}


# folder-without-distribution

FOLDER = "folder-without-distribution"


def test_what_an_uninstall_left_and_what_was_copied() -> None:
    empty = told(FOLDER, loose=(LooseFolder(path="tensorflow", has_init=False),), site_packages="/my env/lib")
    assert empty is not None
    assert empty.fix[0].commands == ("rm -r -- '/my env/lib/tensorflow'",)
    assert "`import tensorflow` succeeds and finds nothing" in empty.says
    copied = told(FOLDER, loose=(LooseFolder(path="torch", has_init=True),))
    assert copied is not None
    assert "it is imported" in copied.says


def test_folders_that_belong_to_packages_are_clear_and_condas_are_not_asked() -> None:
    assert answers(FOLDER, owning("torch", "2.8.0", "torch/__init__.py")) == {"clear"}
    assert answers(FOLDER, one("torch", "2.8.0")) == {"unknown"}
    assert answers(FOLDER, kind="conda") == {"unknown"}


# setuptools-without-pkg-resources

PKG = "setuptools-without-pkg-resources"
NEW = owning("setuptools", "84.2.1", "setuptools/__init__.py")


def test_who_cannot_be_imported_without_pkg_resources() -> None:
    outcome = told(PKG, one("tensorflow-hub", "0.16.1"), NEW)
    assert outcome is not None
    assert (outcome.severity, outcome.about) == ("error", "tensorflow-hub")
    program = told(PKG, one("tensorboard", "2.20.0"), NEW)
    assert program is not None
    assert program.severity == "note"
    assert told(PKG, one("tensorflow-hub", "0.16.1")) is not None


def test_a_setuptools_that_has_it_is_clear() -> None:
    old = owning("setuptools", "81.0.0", "pkg_resources/__init__.py")
    assert answers(PKG, one("tensorflow-hub", "0.16.1"), old) == {"clear"}
    assert answers(PKG, NEW) == {"clear"}
    assert answers(PKG, one("tensorboard", "2.21.0"), NEW) == {"clear"}


@pytest.mark.parametrize(
    ("installed", "facts"),
    [
        ((one("tensorflow-hub", "0.16.1"), one("setuptools", "84.2.1")), {}),
        ((one("tensorflow-hub", "0.16.1"), owning("setuptools", "70.0", "setuptools/__init__.py")), {}),
        ((one("tensorflow-hub", "0.17.0"), NEW), {}),
        ((one("tensorflow-hub", "0.16.1"),), {"inherits": True}),
        ((one("tensorboard", "2.20.0"),), {}),
    ],
)
def test_what_is_not_listed_or_was_not_read_cannot_be_told(installed: tuple[Installed, ...], facts: dict[str, Any]) -> None:
    assert answers(PKG, *installed, **facts) == {"unknown"}


# nvidia-wheels-unneeded

LEFT = "nvidia-wheels-unneeded"
CUBLAS = owning("nvidia-cublas-cu12", "12.8.4.1", "nvidia/cublas/lib/libcublas.so.12", installer="pip")


def test_a_wheel_that_a_framework_left_is_a_note_with_its_size() -> None:
    outcome = told(LEFT, CUBLAS, one("numpy", "2.0", requested=True, installer="pip"))
    assert outcome is not None
    assert outcome.severity == "note"
    assert "take 3 MB" in outcome.says
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.drop == ("nvidia-cublas-cu12",)


def test_what_is_required_or_was_asked_for_is_clear() -> None:
    torch = one("torch", "2.8.0", "nvidia-cublas-cu12==12.8.4.1", requested=True, installer="pip")
    assert answers(LEFT, CUBLAS, torch) == {"clear"}
    assert answers(LEFT, owning("nvidia-cublas-cu12", "12.8.4.1", installer="pip", requested=True)) == {"clear"}
    assert answers(LEFT, CUBLAS, requirements=("tensorflow",)) == {"clear"}


def test_where_nothing_is_marked_it_cannot_be_told() -> None:
    assert answers(LEFT, CUBLAS, one("ctranslate2", "4.0", installer="pip")) == {"unknown"}


# The names of broken requirements


def test_triton_on_windows_has_a_name_and_a_way_out() -> None:
    outcome = told("triton-not-available-on-windows", one("liger-kernel", "0.6.0", "triton>=2.3.1"), platform="windows")
    assert outcome is not None
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.require == ("triton-windows",)
    assert "dependency-missing" in found(HERE, environment(one("liger-kernel", "0.6.0", "triton>=2.3.1")))


@pytest.mark.parametrize(
    ("parent", "child", "cause"),
    [
        (one("tf-keras", "2.20.1", "tensorflow<2.21,>=2.20"), one("tensorflow", "2.19.0"), "keras-tf-version-mismatch"),
        (one("tensorflow", "2.3.4", "h5py<2.11.0,>=2.10.0"), one("h5py", "3.11.0"), "h5py-too-new"),
    ],
)
def test_pairs_bear_the_name_that_people_know(parent: Installed, child: Installed, cause: str) -> None:
    several = found(HERE, environment(parent, child))
    assert cause in several
    assert "dependency-pin-conflict" not in several
