"""Laws: readers of the world's texts never break on what they are given, and the tables of drivers are monotone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivetrain.catalogue.drivers import branches, ceiling, minimum_driver
from drivetrain.catalogue.gpus import models_named
from drivetrain.errors import FileError
from drivetrain.formats.condarc import channels_of
from drivetrain.formats.machine_file import machine_of
from drivetrain.formats.nvidia_proc import module_gpu_of, module_version_of
from drivetrain.formats.nvidia_smi import banner_of, gpus_of_query, lost_of, trouble_of
from drivetrain.formats.os_release import os_release_of
from drivetrain.formats.pip_configuration import pip_settings
from drivetrain.model.documents import encode
from drivetrain.model.dotted import at_least, dotted
from drivetrain.model.machine import Cpu, Gpu, Machine, Note, OperatingSystem

SNIPPETS = 'name, uuid, compute_cap\n|Driver Version:|KMD Version: 1|CUDA UMD Version: |[N/A]|, |\n|=|"|channels:|  - |Kernel Module  5|é'
WORDS = st.sampled_from(SNIPPETS.split("|"))
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=12).map("".join)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda each: st.lists(each, max_size=2) | st.dictionaries(st.sampled_from(["os", "gpus", "name", "variables", "family", "driver"]), each, max_size=4),
)


def fault_of(reader: Callable[..., Any], *arguments: Any) -> str:
    """Gives what the reader says against its text; the texts' name (which every fault must bear) where it took it."""
    try:
        reader(*arguments)
    except FileError as error:
        return error.says
    return "m.json pip.conf"


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_readers_take_any_text(text: str) -> None:
    for reader in (banner_of, gpus_of_query, trouble_of, lost_of, module_version_of, module_gpu_of, os_release_of, channels_of, models_named):
        reader(text)


@given(TEXTS, st.dictionaries(st.sampled_from(["PIP_TIMEOUT", "PIP_NO_INDEX", "PIP_INDEX_URL"]), st.text(max_size=8)))
@settings(max_examples=100, deadline=None)
def test_pip_settings_or_the_file_that_is_damaged(text: str, variables: dict[str, str]) -> None:
    assert "pip.conf" in fault_of(pip_settings, (("pip.conf", text),), variables)


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_any_json_is_a_machine_or_one_line_that_says_why_not(value: Any) -> None:
    says = fault_of(machine_of, json.dumps(value), "m.json")
    assert says.startswith("m.json")
    assert "\n" not in says


@given(
    st.builds(
        Machine,
        os=st.builds(OperatingSystem, family=st.sampled_from(["linux", "windows", "macos"]), name=st.text(max_size=9), glibc=st.none() | st.just("2.36")),
        cpu=st.builds(Cpu, model=st.text(max_size=9), features=st.lists(st.sampled_from(["avx", "avx2"]), max_size=2).map(tuple)),
        gpus=st.lists(st.builds(Gpu, name=st.text(max_size=9), memory_total_bytes=st.none() | st.integers(0, 1 << 40)), max_size=3).map(tuple),
        pythons=st.none() | st.just(()),
        notes=st.lists(st.builds(Note, cause=st.just("no-nvidia-driver"), says=st.text(max_size=9)), max_size=2).map(tuple),
        described=st.booleans(),
    )
)
@settings(max_examples=100, deadline=None)
def test_what_is_saved_is_what_is_read(machine: Machine) -> None:
    assert machine_of(encode(machine).decode(), "m.json") == machine


@pytest.mark.parametrize("family", ["linux", "windows"])
@given(first=st.integers(300, 700), second=st.integers(300, 700), part=st.integers(0, 200))
@settings(max_examples=100, deadline=None)
def test_a_newer_driver_serves_no_less(family: Any, first: int, second: int, part: int) -> None:
    """Except inside branch 430, whose later drivers reported less."""
    older, newer = sorted((first, second))
    low, high = ceiling(f"{older}.{part}", family), ceiling(f"{newer}.{part}", family)
    if low is not None and older not in range(430, 440):
        assert high is not None
        assert at_least(high, low)


@pytest.mark.parametrize("family", ["linux", "windows"])
def test_a_driver_at_its_minimum_is_of_the_cuda_major_at_least(family: Any) -> None:
    for row in branches(family):
        minimum = minimum_driver(row.cuda, family)
        assert minimum is not None
        told = ceiling(minimum, family)
        assert told is not None
        assert dotted(told)[0] >= dotted(row.cuda)[0]
