"""Lists where a document or build list and a binary disagree about a GPU: `python tools/list_disagreements.py`; docs/disagreements.md has its table from here.

Both are asked the planner's own question, how this starts on a compute capability, for every capability of x86-64 machines since Kepler. Other
differences (a special kernel for one chip that no list names, a target missing whose neighbour serves) change no plan and are not in the table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from import_device_code import DOCUMENTED
from msgspec import Struct
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from rows import PACKAGE

from drivetrain.catalogue import CodeRow, read_rows
from drivetrain.catalogue.relations.device_code import way_on
from drivetrain.frameworks import FOLDERS
from drivetrain.model.catalogue import BuildFact, LibraryCode

CAPABILITIES = ("3.5", "3.7", "5.0", "5.2", "6.0", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "10.0", "10.3", "12.0", "12.1")
_PLATFORM = "linux-x86_64"
_WORDS = {"sass": "compiled code", "ptx": "PTX, compiled on first use", "none": "no code"}
_HEAD = "| What | Releases | Library | Compute capability | The document says | The binary holds | Document | Binary |\n|---|---|---|---|---|---|---|---|"


ORDER = ("torch", "tensorflow", "jax", *(each for each in FOLDERS if each not in ("torch", "tensorflow", "jax")))


class Promise(Struct, frozen=True):
    """What a document or a build list says of a release."""

    holder: str
    version: str
    """Of the distribution whose binary was read."""
    code: LibraryCode
    source: str


class Disagreement(Struct, frozen=True):
    """One release and the capabilities about which it is one answer against another."""

    promise: Promise
    library: str
    capabilities: tuple[str, ...]
    says: str
    holds: str
    wheel: str


def of_builds(name: str) -> Iterator[Promise]:
    """Gives what the build lists of a framework say of its wheels on the index."""
    for row in read_rows(PACKAGE / "frameworks" / name / "builds.json", BuildFact):
        if "index" in row.places and _PLATFORM in row.platforms and row.cuda and row.targets:
            plugin = re.search(r"plugin ([\d.]+)", row.note)
            holder, version = (f"jax-{row.build}-pjrt", plugin[1] if plugin else row.version) if name == "jax" else (row.distribution or name, row.version)
            source = next((each for each in row.sources if "build_info" in each or ".bazelrc" in each), row.sources[0])
            yield Promise(holder, version, _listed(row.targets), source)


def of_documents(read: Iterable[CodeRow]) -> Iterator[Promise]:
    """Gives what cuDNN's support matrices say of the releases that were read."""
    for distribution, versions, _, targets, sources in DOCUMENTED:
        for row in read:
            version = row.versions.removeprefix("==")
            if row.distribution == distribution and SpecifierSet(versions).contains(version):
                yield Promise(distribution, version, _listed(tuple(targets.split())), sources[0])


def _listed(targets: tuple[str, ...]) -> LibraryCode:
    named = tuple((each, 0) for each in targets)
    return LibraryCode(
        library="", sass=tuple(each for each in named if each[0].startswith("sm_")), ptx=tuple(each for each in named if each[0].startswith("compute_"))
    )


def disagreements() -> Iterator[Disagreement]:
    """Gives every disagreement, release by release."""
    read = [row for row in read_rows(PACKAGE / "catalogue" / "data" / "device_code.json", CodeRow) if row.measured and _PLATFORM in row.platforms]
    by_release = {(row.distribution, row.versions.removeprefix("==")): row for row in read}
    for promise in dict.fromkeys((*(promise for name in ORDER for promise in of_builds(name)), *of_documents(read))):
        row = by_release.get((promise.holder, promise.version))
        for library in row.libraries if row else ():
            answers = {each: (way_on(promise.code, each), way_on(library, each)) for each in CAPABILITIES}
            for says, holds in sorted({each for each in answers.values() if each[0] != each[1]}):
                which = tuple(each for each in CAPABILITIES if answers[each] == (says, holds))
                yield Disagreement(promise, library.library, which, says, holds, row.sources[-1] if row else "")


def table() -> str:
    """Gives the disagreements as a Markdown table, one row for releases that differ in the same way."""
    groups: dict[tuple[str, ...], list[Disagreement]] = {}
    for each in disagreements():
        groups.setdefault((each.promise.holder, each.library, ", ".join(each.capabilities), each.says, each.holds), []).append(each)
    lines = [_HEAD]
    for (holder, library, capabilities, says, holds), found in groups.items():
        versions = sorted({each.promise.version for each in found}, key=Version)
        named = versions[0] if len(versions) == 1 else f"{versions[0]} to {versions[-1]} ({len(versions)} read)"
        last = next(each for each in found if each.promise.version == versions[-1])
        cells = (holder, named, f"`{library}`", capabilities, _WORDS[says], _WORDS[holds], last.promise.source, last.wheel)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
    sys.exit(0)
