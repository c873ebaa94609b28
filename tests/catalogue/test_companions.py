"""What is known of a companion is joined with what its METADATA says: CUDA, device code, the framework's releases, further builds."""

from __future__ import annotations

import msgspec

from drivetrain.catalogue.companions import companion_builds, suits
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.catalogue import Release, Requirement, Wheel
from drivetrain.model.companion import Companion

TARGET = Target(os="linux", arch="x86_64")
TORCH = Framework(name="torch", distribution="torch", title="PyTorch", import_name="torch", wheel_index=("pytorch", "https://index.example/{build}"))
RELEASES = (
    Release(version="2.6.0", released="2025-03-01"),
    Release(version="2.5.0", released="2025-01-01"),
    Release(version="2.6.0rc1", released="2025-02-01"),
)
WHEEL = (Wheel("cp312-cp312-manylinux_2_28_x86_64", 1),)


def plain(version: str = "1.0", *, wheels: tuple[Wheel, ...] = WHEEL, requires: tuple[Requirement, ...] = (), dated: str = "2025-02-15") -> Build:
    return Build(distribution="ext", version=version, wheels=wheels, requires=requires, dated=dated)


def builds(companion: Companion, build: Build) -> list[Build]:
    return list(companion_builds(companion, TORCH, build, TARGET, RELEASES))


def ext(**known: object) -> Companion:
    return msgspec.convert({"name": "ext", "framework": "torch", "sources": ["a document"], **known}, Companion)


def test_each_field_is_taken_from_the_first_row_that_has_it() -> None:
    rows = [
        {"versions": "==1.0", "capability": "8.0", "sources": ["one"]},
        {"capability": "7.0", "cuda": ["12"], "sources": ["two"]},
        {"versions": "==2.0", "cuda": ["13"], "sources": ["three"]},
    ]
    (build,) = builds(ext(goes=rows), plain())
    assert (build.capability, build.suits, build.family) == ("8.0", ("12",), 12)
    assert set(build.sources) == {"one", "two", "a document"}


def test_a_row_of_another_platform_says_nothing() -> None:
    (build,) = builds(ext(goes=[{"platforms": ["windows-x86_64"], "cuda": ["12"], "sources": ["x"]}]), plain())
    assert build.suits == ()
    assert build.family is None


def test_several_cudas_are_no_family() -> None:
    (build,) = builds(ext(goes=[{"cuda": ["cpu", "11.8", "12.1"], "sources": ["x"]}]), plain())
    assert build.family is None
    assert build.suits == ("cpu", "11.8", "12.1")


def test_a_pair_is_a_requirement_where_metadata_pins_nothing() -> None:
    paired = ext(pairs=[["==1.*", "==2.5.*"]])
    assert Requirement("torch", "==2.5.*") in builds(paired, plain())[0].requires
    pinned = (Requirement("torch", "==2.6.0"),)
    assert builds(paired, plain(requires=pinned))[0].requires == pinned


def test_what_was_compiled_against_the_framework_goes_with_no_release_that_is_younger() -> None:
    (bound,) = builds(ext(compiled="framework"), plain())
    assert Requirement("torch", "<=2.5.0") in bound.requires
    (free,) = builds(ext(compiled="cuda"), plain())
    assert free.requires == ()
    (known,) = builds(ext(compiled="framework", pairs=[["==1.*", ">=2.4"]]), plain())
    assert known.requires == (Requirement("torch", ">=2.4"),)


def test_labels_are_builds_of_the_frameworks_own_index() -> None:
    stable = ext(goes=[{"cuda": ["12"], "labels": ["cu130", "cpu"], "targets": ["sm_80"], "sources": ["x"]}])
    index, cuda, cpu = builds(stable, plain())
    assert (index.place, index.local, index.code is not None) == ("index", "", True)
    assert (cuda.place, cuda.local, cuda.suits, cuda.family, cuda.variant) == ("pytorch", "cu130", ("13",), 13, "")
    assert cuda.code is None
    assert (cpu.suits, cpu.family) == (("cpu",), None)
    bound = builds(ext(goes=[{"same_index": True, "labels": ["cu118"], "sources": ["x"]}]), plain())
    assert [each.variant for each in bound] == ["index", "cu118"]


def test_files_without_a_label_are_told_apart_by_their_index() -> None:
    _, cuda = builds(ext(goes=[{"cuda": ["12"], "labels": ["cu130"], "unlabelled": True, "sources": ["x"]}]), plain())
    assert (cuda.build, cuda.local, cuda.place, cuda.suits) == ("cu130", "", "pytorch", ("13",))


def test_a_release_without_wheels_is_built_by_whoever_wants_it_or_is_none() -> None:
    (build,) = builds(ext(source="compiled", goes=[{"cuda": ["12"], "capability": "8.0", "sources": ["x"]}]), plain(wheels=()))
    assert (build.from_source, build.pythons, build.capability) == ("compiled", ("py3",), "8.0")
    assert build.suits == ()
    assert Requirement("torch") in build.requires
    (none,) = builds(ext(), plain(wheels=()))
    assert (none.from_source, none.pythons) == ("", None)


def test_a_companion_suits_the_cuda_that_it_has_code_for() -> None:
    torch = Build(distribution="torch", version="2.6.0", cuda="12.4", family=12, brings_cuda=True)
    assert suits((), torch)
    assert suits(("12",), torch)
    assert suits(("11.8", "12.4"), torch)
    assert not suits(("12.6",), torch)
    assert not suits(("cpu", "13"), torch)
    without = Build(distribution="torch", version="2.6.0", build="cpu")
    assert suits(("cpu", "12"), without)
    assert not suits(("12",), without)
    unknown = Build(distribution="torch", version="2.6.0", brings_cuda=True)
    assert suits(("12",), unknown)
