"""What the shipped data files say: every row loads, has its source and one spelling, and known truths are in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import drivetrain.frameworks
from drivetrain.catalogue import DATA, CodeRow
from drivetrain.catalogue.refresh.releases import platforms_of
from drivetrain.catalogue.refresh.scope import shipped_scope
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in
from drivetrain.model.catalogue import PLATFORMS, Break, BuildFact, Release, Requirement

FRAMEWORKS = Path(drivetrain.frameworks.__file__).parent
SASS, PTX = re.compile(r"sm_\d{2,3}[af]?"), re.compile(r"compute_\d{2,3}[af]?")
PLACES = {"index", "pytorch", "jax-releases", "conda-forge"}


@cache
def index() -> dict[str, dict[str, Release]]:
    return {distribution.name: {each.version: each for each in distribution.releases} for distribution in snapshot_in(DATA / "snapshot.json").distributions}


@cache
def builds(framework: str) -> tuple[BuildFact, ...]:
    return msgspec.json.decode((FRAMEWORKS / framework / "builds.json").read_bytes(), type=tuple[BuildFact, ...])


@cache
def code_rows() -> tuple[CodeRow, ...]:
    return msgspec.json.decode((DATA / "device_code.json").read_bytes(), type=tuple[CodeRow, ...])


@cache
def breaks() -> tuple[Break, ...]:
    return tuple(msgspec.convert(msgspec.toml.decode((DATA / "breaks.toml").read_bytes())["break"], list[Break]))


def the_build(framework: str, version: str, build: str, platform: str = "linux-x86_64", place: str = "index") -> BuildFact:
    (found,) = [row for row in builds(framework) if (row.version, row.build) == (version, build) and platform in row.platforms and place in row.places]
    return found


def pins(requires: tuple[Requirement, ...] | None) -> dict[str, str]:
    return {each.name: each.specifier for each in requires or ()}


# The snapshot


def test_the_snapshot_names_no_index() -> None:
    assert "://" not in (DATA / "snapshot.json").read_text(encoding="utf-8")


def test_the_snapshot_covers_its_scope() -> None:
    assert set(index()) == {each.name for each in shipped_scope()}


def test_every_nvidia_wheel_that_a_framework_wants_is_covered() -> None:
    wanted: set[str] = set()
    for name in ("tensorflow", "torch", "jax-cuda12-plugin", "jax-cuda13-plugin"):
        for release in index()[name].values():
            wanted |= {each.name for each in release.requires if each.name.startswith(("nvidia-", "cuda-"))}
    assert wanted <= set(index())


def test_every_release_with_wheels_has_its_requirements_and_date() -> None:
    unread = [(name, release.version) for name, releases in index().items() for release in releases.values() if release.wheels and not release.read_from]
    undated = [
        (name, release.version) for name, releases in index().items() for release in releases.values() if not re.fullmatch(r"\d{4}-\d\d-\d\d", release.released)
    ]
    assert (unread, undated) == ([], [])


def test_releases_stand_newest_first() -> None:
    for name, releases in index().items():
        versions = [Version(version) for version in releases]
        assert versions == sorted(versions, reverse=True), name


def test_the_snapshot_stays_small() -> None:
    assert (DATA / "snapshot.json").stat().st_size < 4_000_000, "a plan decodes it each time: 2.5 MB took 9 ms"


def test_known_truths_of_the_index() -> None:
    tensorflow = pins(tuple(each for each in index()["tensorflow"]["2.21.0"].requires if each.marker == 'extra == "and-cuda"'))
    assert tensorflow["nvidia-nccl-cu12"] == "<3.0,>=2.27.7"
    assert pins(index()["torch"]["2.10.0"].requires)["nvidia-nccl-cu12"] == "==2.27.5"
    assert pins(index()["torch"]["2.15.0"].requires)["nvidia-cudnn-cu13"] == "==9.26.0.51"
    assert index()["jax"]["0.12.0.1"].requires[0] == Requirement("jaxlib", "<=0.12.0.1,>=0.11.2")
    assert [version for version in ("0.3.18", "0.4.0", "0.4.15", "0.4.32") if not index()["jax"][version].yanked] == []
    assert index()["jax"]["0.4.13"].released == "2023-06-23"
    assert index()["nvidia-cudnn-cu12"]["9.0.0.312"].released == "2024-03-26"
    assert index()["torchaudio"]["2.11.0"].requires == ()
    assert not index()["tensorflow-gpu"]["2.12.0"].wheels, "a stub that fails"
    windows = dict(index()["tensorflow"]["2.19.0"].requires_on)["windows-x86_64"]
    assert "tensorflow-intel" not in pins(windows), "only the Linux wheel names it"


# Builds


@pytest.mark.parametrize("framework", ["tensorflow", "torch", "jax"])
def test_builds_have_a_source_and_one_spelling(framework: str) -> None:
    for row in builds(framework):
        where = f"{framework} {row.version} {row.build} {row.platforms}"
        assert all(row.sources), where
        assert row.sources, where
        assert row.platforms, where
        assert set(row.platforms) <= set(PLATFORMS), where
        assert set(row.places) <= PLACES, where
        assert row.cuda is None or re.fullmatch(r"\d+\.\d+", row.cuda), where
        assert row.cudnn is None or re.fullmatch(r"\d+(\.\d+){1,3}", row.cudnn), where
        assert all(re.fullmatch(r"cp3\d+t?", each) for each in row.pythons or ()), where
        assert all(SASS.fullmatch(each) or PTX.fullmatch(each) for each in row.targets or ()), where
        assert str(Version(row.version)) == row.version, where


@pytest.mark.parametrize("framework", ["tensorflow", "torch", "jax"])
def test_no_build_is_told_twice(framework: str) -> None:
    seen = [(row.version, row.build, platform, place) for row in builds(framework) for platform in row.platforms for place in row.places]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("framework", ["tensorflow", "torch"])
def test_builds_of_the_index_are_on_the_index(framework: str) -> None:
    for row in builds(framework):
        if "index" in row.places:
            listed = {platform for wheel in index()[framework][row.version].wheels for platform in platforms_of(wheel.tags)}
            assert set(row.platforms) <= listed, f"{row.version} {row.build}: {set(row.platforms) - listed}"


@pytest.mark.parametrize("framework", ["tensorflow", "torch"])
def test_every_platform_of_every_release_of_the_index_has_its_build(framework: str) -> None:
    told = {(row.version, platform) for row in builds(framework) for platform in row.platforms if "index" in row.places}
    listed = {(version, platform) for version, release in index()[framework].items() for wheel in release.wheels for platform in platforms_of(wheel.tags)}
    unknown = {("2.22.0rc0", "linux-x86_64")} if framework == "tensorflow" else set()
    assert listed - told == unknown


def test_the_wheel_of_the_index_pins_what_its_row_says() -> None:
    for row in builds("torch"):
        if "index" in row.places and row.cuda and "linux-x86_64" in row.platforms:
            requires = index()["torch"][row.version].requires
            pinned = [each.specifier[2:] for each in requires if each.name.startswith("nvidia-cudnn-")]
            assert row.bundled == (not pinned), f"{row.version} {row.build}"
            assert not pinned or pinned == [row.cudnn], f"{row.version} {row.build}"


def test_the_wheel_of_pytorch_pins_the_cudnn_of_its_row() -> None:
    for row in builds("torch"):
        pinned = [each.specifier for each in row.requires or () if each.name.startswith("nvidia-cudnn-")]
        assert pinned in ([], [f"=={row.cudnn}"]), f"{row.version} {row.build}"


def test_known_truths_of_torch() -> None:
    assert (the_build("torch", "2.10.0", "cu128").cuda, the_build("torch", "2.10.0", "cu128").cudnn) == ("12.8", "9.10.2.21")
    assert the_build("torch", "2.10.0", "cpu", "windows-x86_64").cuda is None
    with_cuda_12 = the_build("torch", "2.14.1", "cu126", place="pytorch")
    assert pins(with_cuda_12.requires) == {"nvidia-cudnn-cu12": "==9.10.2.21", "nvidia-nccl-cu12": "==2.29.3"}
    assert not with_cuda_12.complete
    assert with_cuda_12.targets == ("sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90"), "no code for Blackwell"
    assert the_build("torch", "2.13.0", "cu129", place="pytorch").cuda == "12.9"
    assert the_build("torch", "2.11.0", "cu128", place="pytorch").cudnn == "9.19.0.56"
    assert the_build("torch", "2.11.0", "cu129", place="pytorch").cudnn == "9.17.1.4"
    assert not [row for row in builds("torch") if row.build == "cu129" and "windows-x86_64" in row.platforms and Version(row.version) >= Version("2.9.1")]
    assert not [row for row in builds("torch") if row.cuda and row.cuda.startswith("12.") and Version(row.version) >= Version("2.15")]
    assert the_build("torch", "2.1.2", "cu121", place="pytorch").bundled, "a large wheel, unlike the index's of the same version"
    assert not the_build("torch", "2.1.2", "cu121").bundled
    assert "sm_70" in (the_build("torch", "2.10.0", "cu128").targets or ())
    assert "sm_70" not in (the_build("torch", "2.7.0", "cu128", place="pytorch").targets or ())
    assert the_build("torch", "2.11.0", "cu130", "linux-aarch64").targets == ("sm_80", "sm_90", "sm_100", "sm_110", "sm_120")


def test_known_truths_of_tensorflow() -> None:
    assert (the_build("tensorflow", "2.13.1", "cuda").cuda, the_build("tensorflow", "2.13.1", "cuda").cudnn) == ("11.8", "8.6")
    assert the_build("tensorflow", "2.10.1", "cuda", "windows-x86_64").cuda == "11.2"
    assert the_build("tensorflow", "2.11.0", "cpu", "windows-x86_64").cuda is None
    assert the_build("tensorflow", "2.21.0", "cuda").targets == ("sm_60", "sm_70", "sm_80", "sm_89", "sm_90", "compute_90")


def test_known_truths_of_jax() -> None:
    assert the_build("jax", "0.12.0.1", "cuda12").cudnn == "9.10.2.21"
    assert the_build("jax", "0.12.0.1", "cuda13").cudnn == "9.12.0.46"
    assert not [row for row in builds("jax") if row.build == "cuda13" and Version(row.version) < Version("0.7.2")], (
        "jax[cuda13] 0.7.0 and 0.7.1 cannot be resolved"
    )
    assert the_build("jax", "0.4.25", "cuda11", place="jax-releases").cuda == "11.8"
    assert not [row for row in builds("jax") if row.targets is None], "a build list or a count for each"
    assert the_build("jax", "0.12.0.1", "cuda13").targets == ("sm_75", "sm_80", "sm_90", "sm_100", "sm_110", "sm_120", "compute_120")


def test_pairs_agree_with_what_the_companions_pin() -> None:
    rows: list[dict[str, Any]] = msgspec.json.decode((FRAMEWORKS / "torch" / "pairs.json").read_bytes())
    assert [row["torch"] for row in rows] == [str(each) for each in sorted(map(Version, index()["torch"]))]
    for row in rows:
        assert row["sources"], row
        for companion in ("torchvision", "torchaudio"):
            if version := row.get(companion):
                wanted = pins(index()[companion][version].requires).get("torch", "")
                assert SpecifierSet(wanted).contains(row["torch"]), row


# Device code


def test_device_code_has_a_source_and_one_spelling() -> None:
    for row in code_rows():
        assert row.sources, row.distribution
        SpecifierSet(row.versions)
        for library in row.libraries:
            assert "/" not in library.library
            assert library.sass or library.ptx
            assert all(SASS.fullmatch(target) and count >= 0 for target, count in library.sass), library
            assert all(PTX.fullmatch(target) and count >= 0 for target, count in library.ptx), library
            assert row.measured or not any(count for _, count in (*library.sass, *library.ptx)), "a document counts nothing"


def of_library(distribution: str, version: str, library: str, *, measured: bool, platform: str = "linux-x86_64") -> set[str]:
    rows = [row for row in code_rows() if row.distribution == distribution and row.measured == measured and SpecifierSet(row.versions).contains(version)]
    (row,) = [each for each in rows if not each.platforms or platform in each.platforms]
    (found,) = [each for each in row.libraries if each.library.startswith(library)]
    return {target for target, _ in found.sass}


def test_volta_ends_where_cudnn_was_read() -> None:
    assert "sm_70" in of_library("nvidia-cudnn-cu12", "9.10.2.21", "libcudnn_ops", measured=True)
    assert "sm_70" not in of_library("nvidia-cudnn-cu12", "9.28.0.42", "libcudnn_ops", measured=True)
    assert "sm_70" in of_library("nvidia-cudnn-cu12", "9.8.0.87", "libcudnn_cnn", measured=False)
    assert "sm_70" not in of_library("nvidia-cudnn-cu12", "9.11.0.98", "libcudnn_cnn", measured=False)
    assert "sm_70" not in of_library("nvidia-cudnn-cu13", "9.20.0.48", "libcudnn_adv", measured=False)


def test_every_cudnn_9_of_the_index_was_read() -> None:
    """A release that came since the last reading falls back on the document's row: run tools/measure_code.py after a refresh."""
    read = {(row.distribution, row.versions.removeprefix("==")) for row in code_rows() if row.measured}
    for name in ("nvidia-cudnn-cu11", "nvidia-cudnn-cu12", "nvidia-cudnn-cu13"):
        for version, release in index()[name].items():
            linux = any(platform.startswith("linux-") for wheel in release.wheels for platform in platforms_of(wheel.tags))
            assert (name, version) in read or not linux or Version(version) < Version("9"), f"{name} {version}"


def test_what_was_read_says_where_old_and_new_chips_begin() -> None:
    assert "sm_70" not in of_library("nvidia-cudnn-cu12", "9.11.0.98", "libcudnn_ops", measured=True)
    assert "sm_120" in of_library("nvidia-cudnn-cu12", "9.7.1.26", "libcudnn_ops", measured=True)
    assert "sm_120" not in of_library("nvidia-cudnn-cu12", "9.6.0.74", "libcudnn_cnn", measured=True)
    assert "sm_110f" in of_library("nvidia-cudnn-cu13", "9.20.0.48", "libcudnn_cnn", measured=True, platform="linux-aarch64"), "Thor"
    assert of_library("jax-cuda13-pjrt", "0.12.0.1", "xla_cuda_plugin", measured=True) == {"sm_75", "sm_80", "sm_90", "sm_100", "sm_110", "sm_120"}


def test_documents_do_not_contradict_what_was_read() -> None:
    """A document may promise less than the binary holds, never more, but for chips that code of the same generation serves."""
    for row in code_rows():
        for read in (each for each in code_rows() if not row.measured and each.measured and each.distribution == row.distribution):
            version = read.versions.removeprefix("==")
            if SpecifierSet(row.versions).contains(version):
                for library, binary in ((each, other) for each in row.libraries for other in read.libraries if each.library == other.library):
                    held = {int(re.sub(r"\D", "", target)) for target, _ in binary.sass}
                    promised = {int(target[3:]) for target, _ in library.sass}
                    unserved = {each for each in promised if not any(each // 10 == other // 10 and other <= each for other in held)}
                    assert not unserved, f"{row.distribution} {version} {library.library}"


def test_every_cudnn_of_the_index_from_8_9_on_is_described_once() -> None:
    for name in ("nvidia-cudnn-cu11", "nvidia-cudnn-cu12", "nvidia-cudnn-cu13"):
        rows = [row for row in code_rows() if row.distribution == name and not row.measured]
        for version in index()[name]:
            fitting = [row for row in rows if SpecifierSet(row.versions).contains(version)]
            assert len(fitting) == (1 if Version(version) >= Version("8.9") else 0), f"{name} {version}"


# Breaks


def test_breaks_are_sourced_and_metadata_is_silent() -> None:
    """A break that no pair of releases of the index can show is said by metadata already, and need not be written."""
    for row in breaks():
        where = f"{row.distribution} {row.versions} with {row.other} {row.other_versions}"
        assert row.sources, where
        assert all(source.startswith("https://") for source in row.sources), where
        assert row.says, where
        mine, others = SpecifierSet(row.versions, prereleases=True), SpecifierSet(row.other_versions, prereleases=True)
        broken = [release for version, release in index()[row.distribution].items() if mine.contains(version)]
        partners = [version for version in index()[row.other] if others.contains(version)]
        silent = [
            release.version
            for release in broken
            if not release.read_from
            or any(
                all(SpecifierSet(each.specifier).contains(partner) for each in release.requires if each.name == row.other and "extra ==" not in each.marker)
                for partner in partners
            )
        ]
        assert silent or not partners or not broken, where


@pytest.mark.parametrize(
    ("distribution", "version", "other", "other_version", "broken"),
    [
        ("tensorflow", "2.14.0", "numpy", "2.1.0", True),
        ("tensorflow", "2.14.0", "numpy", "1.26.4", False),
        ("tensorflow", "2.18.0", "numpy", "2.0.2", False),
        ("torch", "2.2.2", "numpy", "2.0.0", True),
        ("torch", "2.3.0", "numpy", "2.0.0", False),
        ("jax", "0.4.20", "jaxlib", "0.4.31", True),
        ("jax", "0.4.20", "jaxlib", "0.4.20", False),
        ("jax", "0.4.20", "jaxlib", "0.4.13", True),
        ("jax", "0.4.30", "jaxlib", "0.4.31", False),
        ("jax", "0.4.23", "scipy", "1.13.0", True),
        ("jax", "0.4.24", "scipy", "1.13.0", False),
        ("tensorflow", "2.6.0", "keras", "2.7.0", True),
        ("tensorflow", "2.6.2", "keras", "2.7.0", False),
        ("tensorflow", "2.5.0", "keras", "3.0.0", True),
        ("tensorflow", "2.9.0", "protobuf", "4.21.0", True),
        ("tensorflow", "2.9.1", "protobuf", "4.21.0", False),
        ("tensorflow", "2.12.0", "protobuf", "4.21.6", False),
    ],
)
def test_known_breaks(distribution: str, version: str, other: str, other_version: str, broken: bool) -> None:
    found = [
        row
        for row in breaks()
        if (row.distribution, row.other) == (distribution, other)
        and SpecifierSet(row.versions).contains(version)
        and SpecifierSet(row.other_versions).contains(other_version)
    ]
    assert bool(found) == broken


# conda


def test_conda_has_what_tensorflow_on_windows_needs() -> None:
    rows: list[dict[str, Any]] = msgspec.json.decode((DATA / "conda.json").read_bytes())
    assert all(row["sources"] for row in rows)
    known = {(row["package"], row["version"]): row for row in rows}
    assert "windows-x86_64" in known["cudatoolkit", "11.2.2"]["platforms"]
    assert known["cudnn", "8.1.0.77"]["cuda"] == ["10.2", "11.2"]
    assert "windows-x86_64" in known["cudnn", "8.1.0.77"]["platforms"]
