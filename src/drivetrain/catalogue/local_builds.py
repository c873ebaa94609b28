"""Gives the builds that lie in find-links folders and further indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.companions import labelled_build
from drivetrain.catalogue.families import is_cuda_library
from drivetrain.catalogue.framework_builds import described_build
from drivetrain.catalogue.plain_build import plain_build
from drivetrain.model.build import Build, Target
from drivetrain.model.catalogue import Release, Wheel

_CUDA_LABEL = re.compile(r"cu\d{2,3}")
"""Local versions of CUDA builds (`+cu126`); others (`+rocm6.4`, `+xpu`) are for accelerators that are not planned."""


def local_builds(catalogue: Catalogue, distribution: str, target: Target, dates: dict[str, str]) -> Iterator[Build]:
    """Gives builds that lie in find-links folders and further indexes; their requirements are those of the same release on the index."""
    found: dict[tuple[str, str, str], list[Wheel]] = {}
    for each in catalogue.local_wheels:
        if each.distribution == distribution:
            found.setdefault((each.version, each.local, each.place), []).append(each.wheel)
    releases = {each.version: each for each in catalogue.releases(distribution)}
    for (version, local, place), wheels in found.items():
        release, key = releases.get(version), (distribution, version, local)
        companion_of = catalogue.framework_of_companion(distribution) if catalogue.companion(distribution) is not None else None
        if companion_of is not None:
            plain = plain_build(catalogue, distribution, release or Release(version=version), target)
            if (labelled := labelled_build(companion_of, plain, local)) is not None:
                yield msgspec.structs.replace(labelled, place=place, dated=dates.get(version, ""), wheels=tuple(wheels), pythons=None)
            continue
        if release is None or not (local == "cpu" or _CUDA_LABEL.fullmatch(local)):
            continue
        own = next((each.requires for each in catalogue.local_wheels if (each.distribution, each.version, each.local, each.place) == (*key, place)), None)
        build = _local_build(catalogue, plain_build(catalogue, distribution, release, target), local, place, target)
        if own is not None:
            build = msgspec.structs.replace(build, requires=own, complete=True, near=())
        yield msgspec.structs.replace(build, dated=dates.get(version, ""), wheels=tuple(wheels), pythons=None)


def _local_build(catalogue: Catalogue, plain: Build, local: str, place: str, target: Target) -> Build:
    """Gives what is known of a build by its label: the framework's own row of it, else what the label says."""
    framework = catalogue.framework(plain.distribution)
    rows = catalogue.facts_of_release(framework.name, plain.version) if framework else ()
    labelled = [each for each in rows if each.build == local and target.platform in each.platforms]
    # The package index's build of a label may differ from the one whose files bear the label.
    row = next((each for each in labelled if each.places != ("index",)), next(iter(labelled), None))
    if framework and row:
        return described_build(catalogue, framework, plain, row, False, place=place, target=target)
    cuda = f"{local[2:-1]}.{local[-1]}" if local != "cpu" and framework else None
    return msgspec.structs.replace(
        plain,
        build=local,
        local=local,
        place=place,
        family=int(cuda.split(".")[0]) if cuda else None,
        cuda=cuda,
        brings_cuda=cuda is not None,
        requires=tuple(each for each in plain.requires if not is_cuda_library(each.name) and each.name != "triton"),
        complete=plain.complete and cuda is None,
        variant=local,
        known=cuda is None,
    )
