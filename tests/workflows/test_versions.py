"""`versions`: every version of a component, place by place, judged for machines whose answers are known from the documents."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from drivetrain.errors import UsageError
from drivetrain.model.listing import VersionRow, Versions
from drivetrain.probe import described
from drivetrain.words import speak
from drivetrain.workflows.versions import place_titles, versions_of

NOWHERE = str(Path(__file__).parent / "no-cache-here")


@cache
def asked(component: str, gpu: str = "", driver: str | None = None, os: str = "linux") -> Versions:
    return versions_of(component, described(os=os, gpus=(gpu,) if gpu else (), driver=driver), NOWHERE)


def rows(found: Versions, source: str, package: str = "") -> dict[str, VersionRow]:
    return {row.version: row for row in found.versions if row.source == source and package in ("", row.package)}


def taken(found: Versions, source: str) -> str:
    return next((each.version for each in found.take if each.source == source), "")


def test_volta_ends_with_cudnn_9_10_2_in_every_place() -> None:
    found = asked("cudnn", "V100", "580.65.06")
    assert {taken(found, source) for source in ("wheel", "conda-forge", "nvidia", "archive")} == {"9.10.2.21"}
    for source in ("wheel", "conda-forge", "nvidia", "archive"):
        late = [row for row in rows(found, source).values() if row.version.startswith(("9.11", "9.12", "9.20", "9.23"))]
        assert late, source
        assert all(row.usable is False and row.cause and row.says for row in late), source


def test_a_newer_gpu_takes_the_newest_cudnn() -> None:
    found = asked("cudnn", "RTX 4090", "580.65.06")
    assert taken(found, "wheel").startswith("9.2")
    assert all(row.usable for row in rows(found, "wheel", "nvidia-cudnn-cu13").values() if row.version == taken(found, "wheel"))


def test_a_driver_below_580_rules_out_cuda_13_everywhere() -> None:
    found = asked("cuda", "RTX 4090", "550.54.14")
    assert taken(found, "conda-forge") == "12.9", "minor-version compatibility"
    assert taken(found, "archive").startswith("12.9")
    for row in found.versions:
        if row.version.startswith("13"):
            assert (row.usable, row.cause) == (False, "driver-too-old-for-cuda"), row


def test_cuda_13_has_dropped_pascal() -> None:
    found = asked("cuda", "GTX 1080", "580.65.06")
    assert rows(found, "archive")["13.0.0"].cause == "compute-capability-not-in-build"
    assert rows(found, "archive")["12.9.1"].usable
    assert rows(found, "conda-forge", "cuda-version")["13.0"].usable is False


def test_a_toolkit_older_than_the_gpu_is_not_known_to_serve_it() -> None:
    row = rows(asked("cuda", "RTX 5090", "575.51.03"), "archive")["12.4.1"]
    assert (row.usable, row.cause) == (None, "compute-capability-not-in-build")
    assert "PTX" in row.says


def test_a_library_of_the_same_generation_serves_a_younger_chip() -> None:
    """cuDNN 8.2.4 for CUDA 11 knows sm_86, whose code runs on an RTX 4090 (8.9)."""
    assert rows(asked("cudnn", "RTX 4090", "535.54.03"), "archive")["8.2.4.15"].usable


def test_the_frameworks_own_index_stands_beside_the_package_index() -> None:
    found = asked("torch", "RTX 5090", "575.51.03")
    assert (taken(found, "wheel"), taken(found, "pytorch"), taken(found, "conda-forge")) == ("2.10.0", "2.13.0", "2.13.0")
    assert "cu129" in rows(found, "pytorch")["2.13.0"].builds
    assert rows(found, "wheel")["2.15.0"].cause == "driver-too-old-for-cuda"
    assert found.take[0].command == "drivetrain up torch==2.13.0"
    assert asked("pytorch", "RTX 5090", "575.51.03").versions == found.versions


def test_a_recipe_for_the_cpu_is_none_for_the_gpu() -> None:
    found = asked("torch", "RTX 4090", "560.35.03")
    assert rows(found, "conda-forge")["1.0.0"].cause == "cpu-only-package-installed"
    assert rows(asked("torch"), "conda-forge")["1.0.0"].usable, "a machine without a GPU can use it"


def test_a_companion_is_usable_with_the_release_that_it_goes_with() -> None:
    """torchvision 0.29 of the package index is made for a torch of CUDA 13; PyTorch's index has it for CUDA 12.6 as well."""
    found = asked("torchvision", "RTX 3090", "535.54.03")
    assert (rows(found, "wheel")["0.29.2"].usable, rows(found, "wheel")["0.29.2"].cause) == (False, "dependency-pin-conflict")
    assert rows(found, "pytorch")["0.29.2"].builds == ("cu126",)
    assert taken(found, "wheel") == "0.25.0"
    assert rows(asked("torchvision", "RTX 3090", "580.65.06"), "wheel")["0.29.2"].usable


def test_a_companion_that_is_published_once_goes_with_every_build() -> None:
    """TensorFlow 2.19 has PTX 8.5 for Hopper, which driver 550 does not compile: tf-keras of that line falls with it."""
    found = asked("tf-keras", "H100", "550.54.14")
    assert taken(found, "wheel") == "2.18.0"
    assert rows(found, "wheel")["2.19.0"].cause == "dependency-pin-conflict"
    assert taken(asked("tf-keras", "RTX 4090", "550.54.14"), "wheel") == "2.21.0"


def test_what_is_published_as_source_alone_says_so() -> None:
    assert "source" in rows(asked("flash-attn", "H100", "580.65.06"), "wheel")["2.8.3"].says


def test_windows_has_no_jax_for_the_gpu() -> None:
    found = asked("jax", "RTX 4090", "560.35.03", "windows")
    assert not found.take
    assert {row.usable for row in found.versions} == {False}


def test_jax_on_an_old_driver_shows_what_its_release_page_has() -> None:
    found = asked("jax", "RTX 3090", "470.82.01")
    assert taken(found, "wheel") == "0.4.25", "the last with CUDA 11"
    page = rows(found, "jax-releases", "jaxlib")
    assert page["0.4.25+cuda11.cudnn86"].usable
    assert page["0.4.25+cuda12.cudnn89"].cause == "driver-too-old-for-cuda"
    assert not taken(found, "jax-releases"), "jax brings it"


def test_a_machine_without_a_gpu_can_use_no_cuda_and_is_told_once() -> None:
    found = asked("cudnn")
    assert found.note
    assert not found.take
    assert {row.usable for row in found.versions} == {False}


def test_anacondas_terms_are_named_where_its_channel_stands() -> None:
    found = asked("cudnn", "V100", "580.65.06")
    assert [(each.source, each.url.split("/")[2]) for each in found.terms] == [("defaults", "www.anaconda.com")]
    assert not asked("torch", "RTX 5090", "575.51.03").terms


def test_each_place_is_newest_first_and_every_row_is_sourced_or_listed() -> None:
    from packaging.version import Version

    for component in ("cudnn", "cuda", "torch", "tensorflow", "jax", "numpy"):
        found = asked(component, "RTX 4090", "560.35.03")
        for source, package in {(row.source, row.package) for row in found.versions}:
            versions = [Version(row.version) for row in found.versions if (row.source, row.package) == (source, package)]
            assert versions == sorted(versions, reverse=True), (component, source)
        assert all(row.sources for row in found.versions if row.source in ("conda-forge", "defaults", "nvidia", "archive"))
        assert all(row.says and row.cause for row in found.versions if row.usable is False)


def test_an_unknown_component_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="knows no torchh") as caught:
        asked("torchh")
    assert "torch" in caught.value.next


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_screen_fits_a_terminal_and_says_first_what_to_take(language: str) -> None:
    from drivetrain.report.columns import width
    from drivetrain.report.text_versions import versions_screen

    speak(language)
    try:
        for component in ("cudnn", "cuda", "torch", "tensorflow"):
            found = versions_of(component, described(os="linux", gpus=("V100",), driver="580.65.06"), NOWHERE)
            lines = versions_screen(found, place_titles(), again="drivetrain versions X --all")
            assert len(lines) < 110, component
            wide = [line for line in lines if width(line) > 80 and "http" not in line and "install" not in line]
            assert not wide, wide
            assert found.take[0].version in lines[2]
            every = versions_screen(found, place_titles(), every=True)
            assert all(any(f" {row.version} " in f"{line} " for line in every) for row in found.versions)
    finally:
        speak("en")
