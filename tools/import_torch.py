"""Makes the build rows of PyTorch from the collected facts: which variant of which release is published where, and what it requires."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from packaging.version import Version
from rows import facts, write_rows
from spellings import arch_list, interpreter, platform, requirements, sources

from drivetrain.model.catalogue import BuildFact, Requirement

OLDEST = Version("1.7.0")
LAST_BUNDLED = Version("2.1.2")
"""Up to this release the wheels of PyTorch's own index hold the CUDA libraries; source: torch_pins.json, public lock files."""
NO_PTX = "its build list has +PTX, but no libtorch_cuda that was read (2.0.1 to 2.15.0) holds PTX"
WINDOWS_BUNDLED = "github.com/pytorch/builder@a4ede2d850f8:windows/internal/copy.bat (CUDA's and cuDNN's DLLs are copied into torch/lib)"
RELEASE_MD = "RELEASE.md of pytorch/pytorch in its 2.14 state: architectures supported for Linux x86 and Windows builds"
BUILDER_SCRIPTS = (
    ("1.8", "e3b1bc070128"),
    ("1.8.1", "8c82f75937b1"),
    ("1.10", "4d84b21d1759"),
    ("1.11", "8bb2f032de4a"),
    ("1.12", "ce03f011bacf"),
    ("1.13", "b816188ce102"),
    ("2.0", "00d0ac61051b"),
    ("2.1", "e0399f017be3"),
    ("2.2", "8bcc83dbb1e9"),
    ("2.4", "b5cdf5c9d275"),
    ("2.5", "d96a1b3ebd3b"),
    ("2.6", "bcd0972459af"),
)
"""(releases before, commit of pytorch/builder just before it whose windows/cudaNNN.bat was read)."""
_KEPLER_TO_AMPERE = "3.7+PTX;5.0;6.0;6.1;7.0;7.5;8.0;8.6"
_MAXWELL_TO_HOPPER = "5.0;6.0;6.1;7.0;7.5;8.0;8.6;9.0"
_SCRIPTS_OF_BUILDER = {
    "cu92": "3.7+PTX;5.0;6.0;6.1;7.0",
    "cu101": "3.7+PTX;5.0;6.0;6.1;7.0;7.5",
    "cu102": "3.7+PTX;5.0;6.0;6.1;7.0;7.5",
    "cu110": "3.7+PTX;5.0;6.0;6.1;7.0;7.5;8.0",
    **dict.fromkeys(("cu111", "cu113", "cu115", "cu116", "cu117"), _KEPLER_TO_AMPERE),
    "cu118": f"{_KEPLER_TO_AMPERE};9.0",
    **dict.fromkeys(("cu121", "cu124"), _MAXWELL_TO_HOPPER),
}
_SCRIPTS_OF_PYTORCH = {
    "cu118": (f"{_KEPLER_TO_AMPERE};9.0", "github.com/pytorch/pytorch@74fabf1dca96:.ci/pytorch/windows/cuda118.bat"),
    "cu124": (_MAXWELL_TO_HOPPER, "github.com/pytorch/pytorch@475876a47c24:.ci/pytorch/windows/cuda124.bat"),
    "cu126": (_MAXWELL_TO_HOPPER, "github.com/pytorch/pytorch@18f79c00d673:.ci/pytorch/windows/cuda126.bat"),
    "cu130": ("7.5;8.0;8.6;9.0;10.0;12.0", "github.com/pytorch/pytorch@525a5e5db905:.ci/pytorch/windows/cuda130.bat"),
}
"""From 2.6 on. Those of cu128 and cu129 changed between releases (7.0 came and went) and were read in one state only, so they are left out."""
NO_OLD_PTX = "its build list has 3.7+PTX; the PTX is left out, since nobody read such a wheel and the PTX of other lists was not in the binaries"


class Pair(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The companions that were built for one release of torch; None where none was, or where metadata decides."""

    torch: str
    torchvision: str | None = None
    torchaudio: str | None = None
    note: str = ""
    sources: tuple[str, ...]


def write(folder: Path) -> None:
    """Writes builds.json, other_accelerators.json and pairs.json."""
    known = facts(folder, "torch_builds")
    pins = {(pin["torch"], pin["variant"], platform(pin["platform"])): pin for pin in facts(folder, "torch_pins")}
    builds = [row for row in known["builds"] if Version(row["torch"]) >= OLDEST]
    builds += list(_found_since(builds, pins))
    rows = [row for build in builds for row in _rows(build, pins)]
    rows.sort(key=lambda row: (Version(row.version), row.build, row.platforms, row.places))
    ours = [row for row in rows if row.build == "cpu" or row.build.startswith("cu")]
    write_rows(ours, "frameworks", "torch", "builds.json")
    # Apart from the rest: to a planner for NVIDIA GPUs a build without CUDA is a CPU build, and these are not.
    write_rows((row for row in rows if row not in ours), "frameworks", "torch", "other_accelerators.json")
    write_rows(_pairs(builds), "frameworks", "torch", "pairs.json")


def _found_since(builds: list[dict[str, Any]], pins: dict[tuple[str, str, str], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Gives the builds that only lock files showed (cu129 of 2.9.0, 2.9.1, 2.10.0, 2.12.1, 2.13.0)."""
    listed = {(build["torch"], build["variant"]) for build in builds}
    for torch, variant in dict.fromkeys((torch, variant) for torch, variant, _ in pins):
        if (torch, variant) not in listed:
            of_it = {place: pin for (version, name, place), pin in pins.items() if (version, name) == (torch, variant)}
            release = next(build for build in builds if build["torch"] == torch)
            yield {
                "torch": torch,
                "variant": variant,
                "cuda": f"{variant[2:-1]}.{variant[-1]}",
                "default_on_package_index": [],
                "os": [pin["platform"] for pin in of_it.values()],
                "python_release_matrix": release["python_release_matrix"],
                "torchvision": release["torchvision"],
                "torchaudio": release["torchaudio"],
                "source": [],
            }


def _rows(build: dict[str, Any], pins: dict[tuple[str, str, str], dict[str, Any]]) -> Iterator[BuildFact]:
    """Gives a row for each set of platforms about which the same is known."""
    groups: dict[BuildFact, list[str]] = {}
    for name in build["os"]:
        place = platform(name)
        if build["variant"] == "cu129" and place.startswith("windows") and Version(build["torch"]) >= Version("2.9.1"):
            continue  # NOTES.md: there is no Windows wheel of cu129 from 2.9.1 on.
        for row in _of_platform(build, place, name in build["default_on_package_index"], pins.get((build["torch"], build["variant"], place))):
            groups.setdefault(row, []).append(place)
    for row, places in groups.items():
        yield BuildFact(**{field: getattr(row, field) for field in row.__struct_fields__ if field != "platforms"}, platforms=tuple(places))


def _of_platform(build: dict[str, Any], place: str, on_index: bool, pin: dict[str, Any] | None) -> Iterator[BuildFact]:
    if "cuda" not in build or not build["cuda"]:
        yield _fact(build, ("index", "pytorch") if on_index else ("pytorch",), pythons=None if on_index else _pythons(build))
        return
    version = Version(build["torch"])
    targets, target_note, target_sources = _targets(build, place, pin)
    requires, complete, bundled, note, pin_sources = _requires(build, place, pin)
    about = {"cudnn": _cudnn(build, requires), "targets": targets, "sources": sources(build["source"], *pin_sources, *target_sources)}
    of_pytorch = {**about, "requires": requires, "complete": complete, "bundled": bundled, "note": "; ".join(filter(None, [note, target_note]))}
    if not on_index:
        yield _fact(build, ("pytorch",), **of_pytorch, pythons=_pythons(build, pin))
        return
    unpinned = not build.get("index_pins")
    if bundled != unpinned:
        # The index's wheel pins nvidia-* wheels, PyTorch's own of the same version has the libraries inside.
        yield _fact(build, ("index",), **{**about, "sources": sources(build["source"], *target_sources)}, bundled=unpinned, note=target_note)
        yield _fact(build, ("pytorch",), **of_pytorch, pythons=_pythons(build, pin))
    else:
        both = "the wheels of both places require the same, where both were read" if version > LAST_BUNDLED else ""
        yield _fact(build, ("index", "pytorch"), **about, bundled=unpinned, note="; ".join(filter(None, [both, target_note])))


def _fact(build: dict[str, Any], places: tuple[str, ...], **about: Any) -> BuildFact:
    note = "; ".join(dict.fromkeys(filter(None, [build.get("note") or "", about.pop("note", "")])))
    about.setdefault("sources", sources(build["source"]))
    return BuildFact(version=build["torch"], build=build["variant"], platforms=(), places=places, cuda=build.get("cuda"), note=note, **about)


def _targets(build: dict[str, Any], place: str, pin: dict[str, Any] | None) -> tuple[tuple[str, ...] | None, str, tuple[str, ...]]:
    """Gives (targets, note, sources); a build list that says two things, or that nobody read, is unknown."""
    version = Version(build["torch"])
    listed = build.get("sm_aarch64") if place == "linux-aarch64" else build.get("sm_x86_64")
    if listed is None and pin is not None and place.startswith("linux"):
        listed = pin.get("arch_list")
    if place.startswith("windows"):
        return _windows_targets(build, version)
    if listed is None:
        return None, "", ()
    if "script of" in listed:
        return None, f"build list not certain: {listed}", ()
    sass, ptx = arch_list(listed)
    return sass, NO_PTX if ptx else "", ()


def _windows_targets(build: dict[str, Any], version: Version) -> tuple[tuple[str, ...] | None, str, tuple[str, ...]]:
    """Gives the targets of a Windows build as the script says that made it; unknown where that script was not read for this release."""
    commit = next((commit for before, commit in BUILDER_SCRIPTS if version < Version(before)), None)
    if commit is not None:
        # The scripts of one CUDA never changed: from the oldest that it compiles for, with 6.1, to the newest.
        listed, source = _SCRIPTS_OF_BUILDER[build["variant"]], f"github.com/pytorch/builder@{commit}:windows/cuda{build['variant'][2:]}.bat"
    elif build["variant"] in _SCRIPTS_OF_PYTORCH:
        listed, source = _SCRIPTS_OF_PYTORCH[build["variant"]]
    elif build["variant"] == "cu132" and Version("2.12") <= version < Version("2.15"):
        listed, source = "7.5;8.0;8.6;9.0;10.0;12.0", RELEASE_MD
    else:
        return None, "", ()
    sass, ptx = arch_list(listed)
    return sass, NO_OLD_PTX if ptx else "", (source,)


def _requires(build: dict[str, Any], place: str, pin: dict[str, Any] | None) -> tuple[tuple[Requirement, ...] | None, bool, bool, str, tuple[str, ...]]:
    """Gives (requirements, complete, bundled, note, sources) of the wheel on PyTorch's own index."""
    version = Version(build["torch"])
    if place.startswith("windows"):
        return (), True, True, "", (WINDOWS_BUNDLED,)
    if pin is not None:
        note = pin.get("note") or ""
        bundled = "inside the wheel" in note or "inside the aarch64 wheel" in note
        return requirements(pin["requires"]), pin["complete"], bundled, note, sources(pin["source"])
    if version <= LAST_BUNDLED and place == "linux-x86_64":
        note = "the wheels of PyTorch's own index hold the CUDA libraries up to 2.1.2"
        return None, False, True, note, ("torch_pins.json: public lock files of 1.13.0 to 2.1.2 show no nvidia-* requirement",)
    return None, False, False, "its requirements were not read", ()


def _cudnn(build: dict[str, Any], requires: tuple[Requirement, ...] | None) -> str | None:
    """Gives the cuDNN that the wheel pins, before that of a release document (2.11.0 cu128 differs)."""
    pinned = [each.specifier for each in requires or () if each.name.startswith("nvidia-cudnn-") and each.specifier.startswith("==")]
    found: str | None = pinned[0][2:] if pinned else build.get("cudnn")
    return found


def _pythons(build: dict[str, Any], pin: dict[str, Any] | None = None) -> tuple[str, ...] | None:
    matrix = build.get("python_release_matrix")
    return tuple(interpreter(text) for text in matrix) if matrix else None


def _pairs(builds: list[dict[str, Any]]) -> Iterator[Pair]:
    seen: dict[str, dict[str, Any]] = {}
    for build in builds:
        seen.setdefault(build["torch"], build)
    for torch in sorted(seen, key=Version):
        audio, note = seen[torch]["torchaudio"], ""
        if torch == "2.11.0":
            audio, note = "2.11.0", "torchaudio 2.11.0 pins no torch"
        elif Version(torch) > Version("2.11.0"):
            note = "torchaudio ends with 2.11.0, which pins no torch"
        if seen[torch]["torchvision"] is None:
            note = f"torchvision's metadata decides (0.29.1 and 0.29.2 require torch>=2.14.0); {note}"
        yield Pair(torch=torch, torchvision=seen[torch]["torchvision"], torchaudio=audio, note=note, sources=sources(seen[torch]["source"]))
