"""Lets uv build the few releases that exist as source alone and that the catalogue has looked into: told what they require, checked by hash, kept pure.

Source: https://docs.astral.sh/uv/reference/settings/#dependency-metadata (with it uv locks a source archive without building it).
"""

from __future__ import annotations

import re

from drivetrain.catalogue.source_builds import SourceBuild, source_build
from drivetrain.errors import EngineError
from drivetrain.formats.requirements import requirement_text
from drivetrain.formats.toml_tree import Table
from drivetrain.model.lock import Lock
from drivetrain.model.request import Wish
from drivetrain.words import say

_EXTRA = re.compile(r'extra == "([^"]+)"')


def known_metadata(builds: tuple[SourceBuild, ...]) -> Table:
    """Gives the keys of uv.toml by which it need not build them to learn what they require."""
    if not builds:
        return {}
    return {"dependency-metadata": [_metadata(each) for each in builds]}


def _metadata(build: SourceBuild) -> Table:
    extras = sorted({found[1] for each in build.requires if (found := _EXTRA.search(each.marker))})
    lines = [requirement_text(Wish(name=each.name, extras=each.extras, specifier=each.specifier, marker=each.marker)) for each in build.requires]
    return {"name": build.distribution, "version": build.version, "requires-dist": lines, "provides-extra": extras}


def check_sources(lock: Lock) -> None:
    """Raises EngineError for an archive of that name and version which is not the one that was looked into."""
    for artifact in lock.artifacts:
        known = source_build(artifact.name, artifact.version)
        if known and not artifact.file.endswith(".whl") and artifact.sha256 != known.sha256:
            raise EngineError(
                say("{file} is not the source that drivetrain knows: its hash is another one, and it would be built here", file=artifact.file),
                say(
                    "look at what the index serves, or put a wheel of {name} {version} into a --find-links folder", name=artifact.name, version=artifact.version
                ),
            )


def build_variables(lock: Lock) -> dict[str, str]:
    """Gives what uv's builds must have in their environment, so that no compiler is asked for."""
    builds = (source_build(each.name, each.version) for each in lock.artifacts if not each.file.endswith(".whl"))
    return {name: value for each in builds if each for name, value in each.variables}
