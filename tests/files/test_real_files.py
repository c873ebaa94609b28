"""Files as repositories have them are read, and planned or refused with a way out, for a GPU of today, one that is newer than most files, and an old one.

Each folder of `real/` is one file (with those it names) and `expect.json`, written from documents and metadata before anything was planned:

    file, groups   what stands behind -r
    why, sources   why the expectation is right, and where that stands
    read, constraints, not_read, names, extras, tied, urls, hashes, editable, index, indexes, find_links, channels, kind, pre, cpu, warnings
                   what must have been read: specifiers and extras by name, the file's own options, what must be said of it
    expect         "rtx3090", "rtx5090", "v100", or with sources "v100/index": "status" ("planned", "refused", "either"), and what must hold:
                   packages, builds, extras, python, cuda, accelerator, never (names); of a refusal causes, and relaxations (each some way out must meet);
                   says (each a pattern that something said must match)
    outside        why uv is not asked about it: what it needs lies outside the package index
    open, open_ways, open_uv, open_diffs   pattern of "machine/sources": the fault, until it is mended
"""

from __future__ import annotations

import os
from collections.abc import Callable
from fnmatch import fnmatch
from itertools import cycle
from typing import Any

import pytest
from msgspec.structs import replace
from real_files import MACHINES, SOURCES, RealFile, answer_faults, answered, facts, machine_named, reading_faults, real_files

from drivetrain.model.plan import Plan, Refusal
from drivetrain.solve import solve
from drivetrain.workflows.engine import engine_settings
from drivetrain.workflows.resolving import Bench, Resolved, resolved
from drivetrain.workflows.ways_out import machine_under, request_under, tried

STYLES = {"requirements": 20, "environment": 8, "pyproject": 8, "uv-lock": 2, "pylock": 2}
"""How many of each kind there are at least."""

WAYS_TRIED = (
    "01-inkwell-diffusion/rtx5090/index",
    "10-chainlink/rtx5090/all",
    "16-numpyshift/rtx3090/index",
    "25-finchnet/v100/index",
    "32-lanternfish/rtx5090/index",
)
"""Refusals whose ways out are looked for in every run; the others in the runs that may ask the index."""


EVERY_FILE = os.environ.get("DRIVETRAIN_REAL_FILES") == "all"
"""uv is asked about half of the files on one machine each, unless all are wanted on all three: about each it waits six seconds for the index."""


def combinations(key: str, *, sources: tuple[str, ...] = SOURCES) -> list[Any]:
    """Gives every file on every machine; what is open is expected to fail, and fails the suite once it no longer does."""
    found = []
    for file in real_files():
        for machine in MACHINES:
            for source in sources:
                case = f"{machine}/{source}"
                reason = next((text for pattern, text in file.expected.get(key, {}).items() if fnmatch(case, pattern)), None)
                marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
                found.append(pytest.param(file, machine, source, id=f"{file.folder}/{case}", marks=marks))
    return found


def refused(cases: list[Any]) -> list[Any]:
    return [case for case in cases if case.values[0].wanted(case.values[1], case.values[2])["status"] == "refused"]


def test_there_are_forty_in_all_five_kinds() -> None:
    kinds = [file.read().kind for file in real_files()]
    assert len(kinds) >= 40
    assert not {kind: number for kind, number in STYLES.items() if kinds.count(kind) + (kinds.count("conda-list") if kind == "requirements" else 0) < number}


@pytest.mark.parametrize("file", real_files(), ids=lambda file: file.folder)
def test_a_file_is_read_as_it_was_meant(file: RealFile) -> None:
    assert not reading_faults(file.read(), file.expected)
    assert file.expected["why"]
    assert file.expected["sources"]


@pytest.mark.parametrize(("file", "machine", "sources"), combinations("open"))
def test_a_file_is_planned_or_refused_for_the_right_reason(file: RealFile, machine: str, sources: str) -> None:
    request, warnings = file.request(sources)
    answer = solve(request, machine_named(machine), facts(), relaxations=False)
    wanted = {key: value for key, value in file.wanted(machine, sources).items() if key != "relaxations"}
    assert not answer_faults(answer, warnings, wanted, ways=False)


@pytest.mark.parametrize(("file", "machine", "sources"), [case for case in combinations("open_ways") if case.id in WAYS_TRIED])
def test_a_refusal_has_a_way_out(file: RealFile, machine: str, sources: str) -> None:
    assert not way_faults(file, machine, sources)


@pytest.mark.index
@pytest.mark.parametrize(("file", "machine", "sources"), [case for case in refused(combinations("open_ways", sources=("index",))) if case.id not in WAYS_TRIED])
def test_every_refusal_has_a_way_out(file: RealFile, machine: str, sources: str) -> None:
    assert not way_faults(file, machine, sources)


def way_faults(file: RealFile, machine: str, sources: str) -> list[str]:
    """Gives what is wrong with the ways out alone; the reasons are another test's."""
    answer, warnings = answered(file, machine, sources)
    wanted = file.wanted(machine, sources)
    return answer_faults(answer, warnings, {key: wanted[key] for key in ("status", "relaxations") if key in wanted})


def taken_in_turn() -> list[Any]:
    """Gives half of the files on one machine each (most are planned for the RTX 3090, and refused for the RTX 5090), or all on all."""
    every = combinations("open_uv", sources=("index",))
    if EVERY_FILE:
        return every
    turns = dict(zip((file.folder for number, file in enumerate(real_files()) if number % 4 < 2), cycle(("rtx3090", "rtx5090")), strict=False))
    return [case for case in every if turns.get(case.values[0].folder) == case.values[1]]


@pytest.mark.index
@pytest.mark.parametrize(("file", "machine", "sources"), taken_in_turn())
def test_uv_resolves_the_plan_or_the_first_way_out(file: RealFile, machine: str, sources: str, bench_of: Callable[[str], Bench]) -> None:
    if "outside" in file.expected:
        pytest.skip(file.expected["outside"])
    asked, _ = file.request(sources)
    # The indexes that the files name are out of reach or invented; the configured one stands in for them.
    request = replace(asked, indexes=(), find_links=(), wishes=tuple(replace(each, index="") for each in asked.wishes))
    bench = bench_of(machine)
    answer = bench.plan(request)
    if isinstance(answer, Refusal):
        # A way out through the frameworks' own indexes cannot be followed from where only the package index is in reach, and uv judges no conda packages.
        first = next(each for each in answer.relaxations if each.change.sources is None and each.plan.engine == "pip")
        ways = tried(replace(answer, relaxations=(first,)), request, bench).relaxations
        assert ways, [each.says for each in answer.relaxations]
        changed = request_under(ways[0].change, request)
        assert_locked(resolved(changed, replace(bench, machine=machine_under(ways[0].change, bench.machine)), ways[0].plan))
        return
    found = resolved(request, bench, answer)
    if isinstance(found.plan, Refusal):
        # What the catalogue plans fits together, and the rest of the file contradicts itself or has no wheel.
        assert found.plan.relaxations, [each.says for each in found.plan.refusal]
        way = found.plan.relaxations[0]
        found = resolved(request_under(way.change, request), bench, way.plan)
    assert_locked(found)


def assert_locked(found: Resolved) -> None:
    """uv has found a lock for the whole request, with the planned releases and one CUDA family."""
    assert isinstance(found.plan, Plan), [each.says for each in found.plan.refusal]
    assert found.lock is not None
    names = {each.name for each in found.lock.artifacts}
    assert {each.name for each in found.plan.packages if each.requested} <= names
    assert len({suffix for suffix in ("-cu11", "-cu12", "-cu13") if any(name.endswith(suffix) for name in names)}) <= 1


@pytest.fixture(scope="module")
def bench_of() -> Callable[[str], Bench]:
    settings = engine_settings(None, facts().frameworks, cache_dir=None, offline=False)
    return lambda machine: Bench(machine=machine_named(machine), facts=facts(), settings=settings, interpreter=lambda plan: plan.python)
