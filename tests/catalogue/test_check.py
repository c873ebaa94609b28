"""`catalogue check`: the shipped facts are whole, and each way of damaging one row is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
import pytest

from drivetrain import causes
from drivetrain.catalogue import DATA
from drivetrain.catalogue.check.chips import chip_faults
from drivetrain.catalogue.check.contradictions import contradictions
from drivetrain.catalogue.check.further import further_faults
from drivetrain.catalogue.check.grounds import date_faults, page_faults, source_faults
from drivetrain.catalogue.check.material import Material, Reader
from drivetrain.catalogue.check.spelling import spelling_faults
from drivetrain.frameworks import frameworks
from drivetrain.model.catalogue import Requirement, Snapshot, Wheel
from drivetrain.model.listing import Fault
from drivetrain.workflows.checking import check_summary, faults_below

FRAMEWORKS = DATA.parents[1] / "frameworks"
PAGES = Path(causes.__file__).parent
TODAY = "2999-01-01"


@cache
def shipped() -> Material:
    reader = Reader(DATA, FRAMEWORKS)
    material = reader.material(frameworks(), PAGES)
    assert not reader.faults
    return material


def small() -> Material:
    """The shipped facts about one framework, over a snapshot of what its rows are held against."""
    whole = shipped()
    kept = {"torch", "torchvision", "torchaudio", "numpy", "tensorflow", "nvidia-cudnn-cu12", "nvidia-cudnn-cu13"}
    distributions = tuple(each for each in whole.snapshot.distributions if each.name in kept)
    torch = tuple(each for each in whole.frameworks if each.name == "torch")
    return msgspec.structs.replace(
        whole,
        snapshot=msgspec.structs.replace(whole.snapshot, markers=(), distributions=distributions),
        builds=tuple(each for each in whole.builds if each.file == "torch/builds.json"),
        breaks=tuple(each for each in whole.breaks if {each.distribution, each.other} <= kept),
        frameworks=torch,
        pairs=tuple(each for each in whole.pairs if each[0].name == "torch"),
        texts=(),
        others=(),
    )


def faults_of(material: Material) -> list[Fault]:
    return [*spelling_faults(material), *source_faults(material), *contradictions(material), *chip_faults(material), *page_faults(material)]


def test_what_is_shipped_is_whole() -> None:
    summary = check_summary("2999-01-01")
    assert not summary.faults
    assert sum(each.rows for each in summary.files) > 1000
    assert all(each.newest for each in summary.files), "each file has its day"


def build(**changes: object) -> Callable[[Material], Material]:
    """Damages the row of torch 2.10.0 cu128."""

    def damaged(material: Material) -> Material:
        (builds,) = material.builds
        at = next(number for number, row in enumerate(builds.rows) if (row.version, row.build) == ("2.10.0", "cu128") and "index" in row.places)
        row = msgspec.structs.replace(builds.rows[at], **changes)
        return msgspec.structs.replace(material, builds=(msgspec.structs.replace(builds, rows=(*builds.rows[:at], row, *builds.rows[at + 1 :])),))

    return damaged


def twice(material: Material) -> Material:
    (builds,) = material.builds
    return msgspec.structs.replace(material, builds=(msgspec.structs.replace(builds, rows=(*builds.rows, builds.rows[0])),))


def first(field: str, **changes: object) -> Callable[[Material], Material]:
    """Damages the first row of a file."""

    def damaged(material: Material) -> Material:
        row, *others = getattr(material, field)
        return msgspec.structs.replace(material, **{field: (msgspec.structs.replace(row, **changes), *others)})

    return damaged


def table(field: str, kind: str, column: int, value: object) -> Callable[[Material], Material]:
    """Damages the last row of a table of drivers.json or gpus.json."""

    def damaged(material: Material) -> Material:
        document = {**getattr(material, field)}
        row = [*document[kind][-1]]
        row[column] = value
        document[kind] = [*document[kind][:-1], row]
        return msgspec.structs.replace(material, **{field: document})

    return damaged


def code(**changes: object) -> Callable[[Material], Material]:
    """Damages the first device code that was counted in cuDNN for CUDA 13."""

    def damaged(material: Material) -> Material:
        at = next(number for number, row in enumerate(material.code) if row.distribution == "nvidia-cudnn-cu13" and row.measured)
        row = material.code[at]
        library = msgspec.structs.replace(row.libraries[0], **changes)
        kept = msgspec.structs.replace(row, libraries=(library, *row.libraries[1:]))
        return msgspec.structs.replace(material, code=(*material.code[:at], kept, *material.code[at + 1 :]))

    return damaged


def returning(material: Material) -> Material:
    """A document gives back to a late cuDNN what an earlier row of it took."""
    rows = [row for row in material.code if row.distribution == "nvidia-cudnn-cu12" and not row.measured]
    late = max(rows, key=lambda row: row.versions.startswith(">=9"))
    libraries = tuple(msgspec.structs.replace(each, sass=(*each.sass, ("sm_35", 0))) for each in late.libraries)
    early = msgspec.structs.replace(late, versions="==8.0.5", libraries=libraries)
    between = msgspec.structs.replace(late, versions="==8.1.0")
    return msgspec.structs.replace(
        material, code=(early, between, *(msgspec.structs.replace(row, libraries=libraries) if row is late else row for row in material.code))
    )


def pair(companion: str, value: str) -> Callable[[Material], Material]:
    def damaged(material: Material) -> Material:
        ((framework, rows),) = material.pairs
        return msgspec.structs.replace(material, pairs=((framework, (*rows[:-1], {**rows[-1], companion: value})),))

    return damaged


def untied(material: Material) -> Material:
    """The newest torchvision loses what its METADATA says and its pairs."""
    made = []
    for each in material.snapshot.distributions:
        if each.name == "torchvision":
            newest = next(release for release in each.releases if release.version == "0.29.2")
            kept = tuple(msgspec.structs.replace(release, requires=()) if release is newest else release for release in each.releases)
            each = msgspec.structs.replace(each, releases=kept)
        made.append(each)
    ((framework, rows),) = material.pairs
    rows = tuple({**row, "torchvision": None} if row.get("torchvision") == "0.29.2" else row for row in rows)
    return msgspec.structs.replace(material, snapshot=msgspec.structs.replace(material.snapshot, distributions=tuple(made)), pairs=((framework, rows),))


def without_pair(material: Material) -> Material:
    ((framework, rows),) = material.pairs
    return msgspec.structs.replace(material, pairs=((framework, rows[:-1]),))


def release(**changes: object) -> Callable[[Material], Material]:
    """Damages the newest release of numpy."""

    def damaged(material: Material) -> Material:
        snapshot = material.snapshot
        made = []
        for each in snapshot.distributions:
            if each.name == "numpy":
                each = msgspec.structs.replace(each, releases=(msgspec.structs.replace(each.releases[0], **changes), *each.releases[1:]))
            made.append(each)
        return msgspec.structs.replace(material, snapshot=msgspec.structs.replace(snapshot, distributions=tuple(made)))

    return damaged


DAMAGES = {
    "a build without a source": (build(sources=()), "source", "no source"),
    "a build with an empty source": (build(sources=(" ",)), "source", "no source"),
    "a break without a source": (first("breaks", sources=()), "source", "no source"),
    "a driver without a source": (table("drivers", "branches", 3, []), "source", "no source"),
    "a GPU whose source is not in the list": (table("gpus", "models", 5, [999]), "source", "no source"),
    "another spelling of a platform": (build(platforms=("linux-64",)), "spelling", "linux-64"),
    "another spelling of a Python": (build(pythons=("3.12",)), "spelling", "3.12"),
    "another spelling of a capability": (build(targets=("8.6",)), "spelling", "8.6"),
    "another spelling of a GPU's capability": (table("gpus", "models", 1, "sm_89"), "spelling", "sm_89"),
    "a patch in a CUDA release": (build(cuda="12.8.1"), "spelling", "12.8.1"),
    "prose in a version of cuDNN": (build(cudnn="9.x"), "spelling", "9.x"),
    "a place with capitals": (build(places=("PyTorch",)), "spelling", "PyTorch"),
    "a version as nobody writes it": (build(version="v2.10"), "spelling", "v2.10"),
    "a range that is none": (first("breaks", versions="<2,3"), "spelling", "<2,3"),
    "a name with an underscore": (build(requires=(Requirement("typing_extensions"),)), "spelling", "typing_extensions"),
    "a wheel for no platform": (release(wheels=(Wheel("cp312-cp312-plan9_mips", 1),)), "spelling", "plan9"),
    "a build of a release that the index does not have": (build(version="2.10.9"), "contradiction", "2.10.9"),
    "a build for a platform that has no wheel": (build(platforms=("macos-x86_64",)), "contradiction", "macos-x86_64"),
    "a build twice": (twice, "contradiction", "twice"),
    "a CUDA that no driver serves": (build(cuda="14.1"), "contradiction", "14.1"),
    "code for a chip that its CUDA does not know": (build(build="cu118", cuda="11.8", targets=("sm_120",)), "contradiction", "sm_120"),
    "code for a chip that its CUDA dropped": (build(cuda="13.0", targets=("sm_70",)), "contradiction", "sm_70"),
    "a library with code that its family dropped": (code(sass=(("sm_60", 9),)), "contradiction", "sm_60"),
    "dropped code that a document gives back": (returning, "contradiction", "sm_35"),
    "a pin that the index cannot meet": (build(requires=(Requirement("nvidia-cudnn-cu12", "==9.9.9.9"),)), "contradiction", "9.9.9.9"),
    "a break that means no release": (first("breaks", versions=">=99"), "contradiction", ">=99"),
    "a break whose range is empty": (first("breaks", other_versions=">=2,<1"), "contradiction", ">=2,<1"),
    "a companion that the index does not have": (pair("torchvision", "9.9.9"), "contradiction", "9.9.9"),
    "a companion of another release": (pair("torchvision", "0.20.0"), "contradiction", "0.20.0"),
    "a companion that nothing ties to a release": (untied, "contradiction", "torchvision 0.29.2"),
    "a release without its companions": (without_pair, "contradiction", "companions"),
    "a GPU of no architecture": (table("gpus", "models", 1, "99.0"), "contradiction", "99.0"),
    "a major whose floor no toolkit reaches": (table("drivers", "majors", 1, "999.1"), "contradiction", "999.1"),
    "a conda version twice": (lambda material: msgspec.structs.replace(material, conda=(*material.conda, material.conda[0])), "contradiction", "twice"),
    "a conda row for no platform": (first("conda", platforms=("win-64",)), "spelling", "win-64"),
    "a cause without a page": (first("breaks", cause="no-such-cause"), "page", "no-such-cause"),
}


def test_the_small_facts_are_whole() -> None:
    assert not faults_of(small())


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_row_is_found(name: str) -> None:
    damage, kind, word = DAMAGES[name]
    found = faults_of(damage(small()))
    assert found, name
    assert any(each.fault == kind and word in f"{each.row} {each.says}" for each in found), found
    assert all(each.file for each in found)


def further(file: str, number: int, **changes: object) -> list[Fault]:
    """Damages one row of a file that not every plan reads."""
    document = dict(shipped().others)[file]
    rows = document["rows"] if isinstance(document, dict) else document
    damaged = [*rows[:number], {**rows[number], **changes}, *rows[number + 1 :]]
    whole = {**document, "rows": damaged} if isinstance(document, dict) else damaged
    material = msgspec.structs.replace(shipped(), others=((file, whole),))
    return [*further_faults(material), *(each for each in source_faults(material) if each.file == file)]


@pytest.mark.parametrize(
    ("file", "changes", "kind"),
    [
        ("conda_builds.json", {"platforms": ["linux-64"]}, "spelling"),
        ("conda_builds.json", {"pythons": ["3.12"]}, "spelling"),
        ("conda_builds.json", {"cuda": 12}, "schema"),
        ("conda_builds.json", {"sources": []}, "source"),
        ("companions.json", {"framework": "pytorch"}, "contradiction"),
        ("companions.json", {"name": "no-such-companion"}, "contradiction"),
        ("companions.json", {"goes": [{"versions": "nonsense", "sources": ["x"]}]}, "spelling"),
        ("companions.json", {"surprise": 1}, "schema"),
        ("elsewhere.json", {"sources": [99999]}, "source"),
        ("elsewhere.json", {"channel": "Conda"}, "spelling"),
        ("elsewhere.json", {"version": "nine"}, "spelling"),
        ("elsewhere.json", {"builds": [["12.x", ["linux-x86_64"]]]}, "spelling"),
    ],
)
def test_a_damaged_row_of_a_further_file_is_found(file: str, changes: dict[str, object], kind: str) -> None:
    assert not further(file, 0)
    assert kind in {each.fault for each in further(file, 0, **changes)}


def test_a_day_in_the_future_is_found() -> None:
    material = msgspec.structs.replace(small(), texts=(("snapshot.json", '{"as_of":"2026-11-24"}'), ("x.json", '[\n{"sources":["read 2031-01-01"]}\n]')))
    found = list(date_faults(material, "2026-11-25", {"x.json": "2026-11-24"}))
    assert [(each.file, each.row, each.fault) for each in found] == [("x.json", "line 2", "date")]
    assert not list(date_faults(material, "2031-01-01", {"x.json": "2026-11-24"}))
    undated = msgspec.structs.replace(material, texts=(("x.json", '[\n{"sources":["a page"]}\n]'),))
    assert [each.row for each in date_faults(undated, "2031-01-01", {})] == [""], "nobody noted when it was made"


def test_a_row_of_another_shape_does_not_hide_the_others(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "frameworks"
    data.mkdir()
    for name in ("drivers.json", "gpus.json", "device_code.json", "conda.json", "breaks.json"):
        shutil.copy(DATA / name, data / name)
    rows = msgspec.json.decode((data / "breaks.json").read_bytes())
    rows[0]["versions"] = 14
    rows[2]["sources"] = []
    (data / "breaks.json").write_bytes(msgspec.json.encode(rows))
    (data / "device_code.json").write_bytes(b"[{")
    (data / "snapshot.json").write_bytes(msgspec.json.encode(Snapshot(as_of="2026-11-24", distributions=())))
    (folder / "torch").mkdir(parents=True)
    torch = tuple(each for each in frameworks() if each.name == "torch")
    found = faults_below(data, folder, PAGES, today=TODAY, made={}, known=torch)
    assert {(each.file, each.row) for each in found if each.fault == "schema"} == {("device_code.json", ""), ("breaks.json", "[0]")}
    assert ("breaks.json", "source") in {(each.file, each.fault) for each in found}
