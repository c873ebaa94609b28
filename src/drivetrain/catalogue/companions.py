"""Gives the builds of companions: what their METADATA says, joined with what is known of their CUDA, their device code and where their wheels are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.errors import CatalogueError
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.catalogue import LibraryCode, Release, Requirement
from drivetrain.model.companion import Companion, Match
from drivetrain.words import say

FILE = Path(__file__).with_name("data") / "companions.json"


def read_companions(path: Path = FILE) -> dict[str, Companion]:
    """Reads every companion, by name; raises CatalogueError."""
    try:
        rows = msgspec.json.decode(path.read_bytes(), type=tuple[Companion, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise CatalogueError(say("{file}: {error}", file=path.name, error=error), say("install drivetrain again: its data files are damaged")) from error
    return {row.name: row for row in rows}


def companion_builds(companion: Companion, framework: Framework, plain: Build, target: Target, releases: tuple[Release, ...]) -> Iterator[Build]:
    """Gives the builds of one release: the package index's, those of the framework's own index, or one to be compiled where there is no wheel at all.

    `releases` are the framework's.
    """
    match = _match(companion, plain.version, target.platform)
    sources = tuple(dict.fromkeys((*match.sources, *companion.sources)))
    silent = tuple(_silent(companion, match, framework, plain)) or tuple(_not_younger(companion, framework, plain, releases))
    plain = msgspec.structs.replace(plain, requires=(*plain.requires, *silent), sources=sources)
    if not plain.wheels:
        yield _to_be_built(companion, framework, plain, match)
        return
    yield msgspec.structs.replace(
        plain,
        family=plain.family or _family(match.cuda),
        suits=match.cuda,
        variant="index" if match.same_index else "",
        code=_code(companion, match) or plain.code,
        capability=match.capability,
        without_cuda=match.without_cuda,
    )
    for label in match.labels if framework.wheel_index else ():
        cuda = "cpu" if label == "cpu" else f"{label[2:-1]}.{label[-1]}"
        yield msgspec.structs.replace(
            plain,
            build=label,
            local="" if match.unlabelled else label,
            place=framework.wheel_index[0] if framework.wheel_index else "",
            family=None if label == "cpu" else int(cuda.split(".")[0]),
            suits=(cuda.split(".")[0],),
            variant=label if match.same_index else "",
            capability=match.capability,
            wheels=(),
            pythons=tuple(sorted({part for wheel in plain.wheels for part in wheel.tags.split("-")[0].split(".")})),
        )


def _to_be_built(companion: Companion, framework: Framework, plain: Build, match: Match) -> Build:
    """Gives a release without any wheel. Its CUDA and its device code are those that it is compiled for here."""
    if not companion.source:
        return plain
    needs = plain.requires if _names(plain, framework) else (*plain.requires, Requirement(framework.distribution))
    return msgspec.structs.replace(plain, requires=needs, pythons=("py3",), from_source=companion.source, complete=True, capability=match.capability)


def _names(build: Build, framework: Framework) -> bool:
    return any(each.name == framework.distribution for each in build.requires)


def _silent(companion: Companion, match: Match, framework: Framework, build: Build) -> Iterator[Requirement]:
    """Gives the framework's releases that a release goes with, where its METADATA says nothing of them."""
    pair = match.framework or next((specifier for versions, specifier in companion.pairs if satisfies(build.version, versions)), "")
    named = [each.specifier for each in build.requires if each.name == framework.distribution]
    if pair and not any("==" in each for each in named):
        yield Requirement(framework.distribution, pair)


def _not_younger(companion: Companion, framework: Framework, build: Build, releases: tuple[Release, ...]) -> Iterator[Requirement]:
    """What was compiled against the framework cannot have been compiled against a release that came out after it."""
    named = [each.specifier for each in build.requires if each.name == framework.distribution]
    if companion.compiled != "framework" or not build.wheels or not build.dated or any("==" in each or "<" in each for each in named):
        return
    known = (each for each in releases if each.released and each.released <= build.dated and not version_of(each.version).is_prerelease)
    newest = max((version_of(each.version) for each in known), default=None)
    if newest is not None:
        yield Requirement(framework.distribution, f"<={newest.public}")


def _match(companion: Companion, version: str, platform: str) -> Match:
    """Joins the rows that hold for a release: each field from the first that has it."""
    joined = Match(sources=())
    for row in reversed(companion.goes):
        if (not row.versions or satisfies(version, row.versions)) and (not row.platforms or platform in row.platforms):
            given = {name: value for name in row.__struct_fields__ if name != "sources" and (value := getattr(row, name))}
            joined = msgspec.structs.replace(joined, **given, sources=(*row.sources, *joined.sources))
    return joined


def _family(cuda: tuple[str, ...]) -> int | None:
    """Gives the CUDA family where there is one only."""
    majors = {each.split(".")[0] for each in cuda}
    return int(majors.pop()) if len(majors) == 1 and "cpu" not in majors else None


def _code(companion: Companion, match: Match) -> tuple[LibraryCode, ...] | None:
    if not match.targets:
        return None
    sass = tuple((each, 0) for each in match.targets if each.startswith("sm_"))
    ptx = tuple((each, 0) for each in match.targets if each.startswith("compute_"))
    return (LibraryCode(library=companion.name, sass=sass, ptx=ptx, sources=match.sources),)


def labelled_build(framework: Framework, plain: Build, label: str) -> Build | None:
    """Gives the build that a wheel's label tells of: `+pt28cu128` (PyG), `+cu12torch2.8cxx11abiTRUE` (flash-attn), `+cu128`; None where it tells nothing."""
    for form in _LABELS:
        if found := form.fullmatch(label):
            told = found.groupdict()
            break
    else:
        return None
    cuda = _cuda_of(told["cuda"])
    needs = plain.requires if _names(plain, framework) else (*plain.requires, Requirement(framework.distribution))
    if line := told.get("line") or _line_of(told.get("digits") or ""):
        needs = (*(each for each in needs if each.name != framework.distribution), Requirement(framework.distribution, f"=={line}.*"))
    family = None if cuda == "cpu" else int(cuda.split(".")[0])
    return msgspec.structs.replace(plain, build=label, local=label, requires=needs, suits=(cuda.split(".")[0],), family=family, complete=True)


_LABELS = (
    re.compile(r"pt(?P<digits>\d{2,3})(?P<cuda>cu\d{2,3}|cpu)"),
    re.compile(r"(?P<cuda>cu\d{2,3}|cpu)torch(?P<line>\d+\.\d+)(\.\d+)?(cxx11abi(true|false))?", re.IGNORECASE),
    re.compile(r"torch(?P<line>\d+\.\d+)(\.\d+)?(?P<cuda>cu\d{2,3}|cpu)"),
    re.compile(r"(?P<cuda>cu\d{2,3}|cpu)"),
)
"""Sources: the pages of data.pyg.org; the workflows of flash-attn, causal-conv1d and mamba (`wheel_name`)."""


def _line_of(digits: str) -> str:
    """Gives "2.8" for `28` and "1.12" for `112`."""
    return f"{digits[0]}.{digits[1:]}" if digits else ""


def _cuda_of(label: str) -> str:
    """Gives "12.8" for `cu128`, "12" for `cu12`, "cpu" for `cpu`."""
    digits = label[2:]
    return "cpu" if label == "cpu" else digits if len(digits) == 2 else f"{digits[:-1]}.{digits[-1]}"


def suits(cuda: tuple[str, ...], framework: Build) -> bool:
    """Tells whether what has code for some CUDA goes with a framework's build; what is not known permits."""
    if not cuda:
        return True
    if not framework.brings_cuda:
        return "cpu" in cuda
    return framework.cuda is None or any(each in (framework.cuda.split(".")[0], framework.cuda) for each in cuda)
