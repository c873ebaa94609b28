"""Opens the source archives of releases that exist as nothing else: `python tools/import_source_builds.py` writes the package's source_builds.json.

An archive is taken only if it holds no code that a compiler would have to see, but for what `OPTIONAL` names and setup.py leaves out on demand. What it
requires is read from its requires.txt, which setuptools wrote when the archive was made.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import tarfile

import msgspec
from packaging.version import Version
from rows import PACKAGE

from drivetrain.catalogue.refresh.client import Client
from drivetrain.catalogue.refresh.default_index import default_index
from drivetrain.catalogue.refresh.index_page import IndexFile, project_files
from drivetrain.catalogue.refresh.metadata_requirements import requirement_of
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in
from drivetrain.catalogue.source_builds import SourceBuild
from drivetrain.model.catalogue import Requirement

WANTED = (
    ("termcolor", "1.1.0", "1.1.0", "TensorFlow 2.4 to 2.6 (termcolor ~=1.1.0)"),
    ("wrapt", "1.12.1", "1.12.1", "TensorFlow 2.4 to 2.6 (wrapt ~=1.12.1)"),
    ("clang", "5.0", "5.0", "TensorFlow 2.6 (clang ~=5.0)"),
    ("gast", "0.2.2", "0.2.2", "tensorflow-directml 1.15 (gast ==0.2.2)"),
    ("jax", "0.3.0", "0.4.15", "whoever needs JAX up to 0.4.15, and TensorFlow 2.12 on Python 3.8 (jax >=0.3.15)"),
)
"""(distribution, first release, last release, who needs it)."""
OPTIONAL = {("wrapt", "1.12.1"): ("_wrappers.c",)}
"""Files of code whose Python twin is used when the variables below say so."""
VARIABLES = {("wrapt", "1.12.1"): (("WRAPT_INSTALL_EXTENSIONS", "false"),)}
PYTHONS = {
    ("wrapt", "1.12.1"): ("<3.11", "decorators.py imports inspect.formatargspec, which Python 3.11 no longer has"),
    **{("jax", ""): ("<3.12", "setup.py imports distutils, which Python 3.12 no longer has")},
}
"""Where its own metadata is silent; an empty version stands for every release."""
_EXTRAS = re.compile(r"cpu|cuda.*")
_COMPILED = (".c", ".cc", ".cpp", ".cu", ".f", ".f90", ".pyx", ".pxd", ".rs", ".so", ".pyd", ".dll", ".dylib", ".a", ".o")


def main() -> int:
    """Writes a row for each release without a wheel."""
    snapshot = snapshot_in(PACKAGE / "catalogue" / "data" / "snapshot.json")
    releases = {each.name: each.releases for each in snapshot.distributions}
    rows = []
    with Client() as client:
        for name, first, last, needed_by in WANTED:
            files = {file.filename: file for file in project_files(client, default_index(), name)}
            for release in reversed(releases[name]):
                if not release.wheels and Version(first) <= Version(release.version) <= Version(last):
                    rows.append(_row(client, files[f"{name}-{release.version}.tar.gz"], (name, release.version), needed_by))
    lines = b",\n".join(msgspec.json.encode(row) for row in rows)
    (PACKAGE / "catalogue" / "data" / "source_builds.json").write_bytes(b"[\n" + lines + b"\n]\n")
    print(f"{len(rows)} releases that may be built")
    return 0


def _row(client: Client, file: IndexFile, release: tuple[str, str], needed_by: str) -> SourceBuild:
    body = client.document(file.url).body
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        names = [member.name for member in archive if member.isfile()]
        compiled = [each for each in names if each.endswith(_COMPILED) and each.rpartition("/")[2] not in OPTIONAL.get(release, ())]
        if compiled:
            raise SystemExit(f"{file.filename} holds code: {compiled[:3]}")
        listed = next((each for each in names if each.endswith(".egg-info/requires.txt")), None)
        member = archive.extractfile(listed) if listed else None
        text = member.read().decode() if member else ""
    python, why = PYTHONS.get(release) or PYTHONS.get((release[0], "")) or ("", "")
    says = f"package index, {file.filename} opened on 2026-11-24: no compiled code"
    says += f" but {', '.join(OPTIONAL[release])}, which setup.py leaves out under the variables given" if release in OPTIONAL else ""
    return SourceBuild(
        distribution=release[0],
        version=release[1],
        sha256=hashlib.sha256(body).hexdigest(),
        requires=tuple(_requirements(text)),
        requires_python=python,
        variables=VARIABLES.get(release, ()),
        needed_by=needed_by,
        sources=(f"{says}; {why}" if why else says,),
    )


def _requirements(text: str) -> list[Requirement]:
    """Takes requires.txt apart: a section is an extra, a marker, or both; source: setuptools, "The Internal Structure of Python Eggs"."""
    found, extra, marker = [], "", ""
    for line in (line.strip() for line in text.splitlines()):
        if section := re.fullmatch(r"\[([^:\]]*)(?::(.*))?\]", line):
            extra, marker = section[1], section[2] or ""
        elif line and (not extra or _EXTRAS.fullmatch(extra)):
            parts = [part for part in (f"({marker})" if marker and extra else marker, f'extra == "{extra.replace("_", "-")}"' if extra else "") if part]
            read = requirement_of(f"{line} ; {' and '.join(parts)}" if parts else line)
            if read is None:
                raise SystemExit(f"not a requirement: {line}")
            found.append(read)
    return found


if __name__ == "__main__":
    sys.exit(main())
