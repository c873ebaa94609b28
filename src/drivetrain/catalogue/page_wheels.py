"""Wheels on a framework's own page or index that no package index has, `jaxlib 0.4.25+cuda11.cudnn86`; and the builds of the framework that need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import msgspec

from drivetrain.catalogue import DATA, Catalogue, read_rows
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.build import Build, Framework, PageExtra
from drivetrain.model.catalogue import BuildFact, LibraryCode, Requirement, Wheel
from drivetrain.words import say


class PageWheel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One release of a distribution as the page has it."""

    distribution: str
    version: str
    """With its local version, "0.4.25+cuda11.cudnn86"."""
    place: str
    tags: tuple[str, ...]
    requires: tuple[Requirement, ...]
    sources: tuple[str, ...]


PAGE = "page"
"""The variant of builds whose libraries come from the page: one of the index does not go with them."""


def framework_of_page(catalogue: Catalogue, distribution: str) -> Framework | None:
    """Gives the framework whose page has wheels of this distribution."""
    return next((each for each in catalogue.frameworks if each.page and distribution in each.page.distributions), None)


def has_page_wheels(catalogue: Catalogue, distribution: str) -> bool:
    """Tells whether a framework's page or index has wheels of this distribution that the package index lacks."""
    return any(distribution in each.index_holds or (each.page and distribution in each.page.distributions) for each in catalogue.frameworks)


@cache
def _page_wheels() -> dict[str, tuple[PageWheel, ...]]:
    by_name: dict[str, list[PageWheel]] = {}
    for row in read_rows(DATA / "page_wheels.json", PageWheel):
        by_name.setdefault(row.distribution, []).append(row)
    return {name: tuple(rows) for name, rows in by_name.items()}


def page_builds(distribution: str) -> Iterator[Build]:
    """Gives the builds of a distribution that its framework's page or index has."""
    for row in _page_wheels().get(distribution, ()):
        version = version_of(row.version)
        label = version.local or ""
        cuda = label.startswith("cuda")
        yield Build(
            distribution=distribution,
            version=row.version,
            local=label,
            place=row.place,
            family=int(label[4:6]) if cuda else None,
            brings_cuda=cuda,
            wheels=tuple(Wheel(tags) for tags in row.tags),
            requires=row.requires,
            variant=PAGE if cuda else "",
            sources=row.sources,
        )


def extra_builds(framework: Framework, plain: Build, rows: list[BuildFact], code: Callable[[BuildFact], tuple[LibraryCode, ...] | None]) -> Iterator[Build]:
    """Gives the builds of one release of a framework whose CUDA comes from its page, under the extra that asks for it."""
    version = version_of(plain.version)
    for each in framework.page.extras if framework.page else ():
        if not version_of(each.since) <= version < version_of(each.before) or not any(f'"{each.extra}"' in one.marker for one in plain.requires):
            continue
        for row in rows:
            if row.cuda and row.cuda.split(".")[0] == str(each.family):
                yield _of_extra(plain, row, each, code(row))


def _of_extra(plain: Build, row: BuildFact, extra: PageExtra, code: tuple[LibraryCode, ...] | None) -> Build:
    libraries = tuple(_libraries(extra, row))
    says = say(
        "{name} {version} names no CUDA wheels: those of CUDA {cuda} come along, as its release page asks for an installed CUDA; ptxas must be on PATH too",
        name=plain.distribution,
        version=plain.version,
        cuda=extra.family,
    )
    return msgspec.structs.replace(
        plain,
        build=row.build,
        extras=(extra.extra,),
        family=extra.family,
        cuda=row.cuda,
        cudnn=row.cudnn,
        brings_cuda=True,
        variant=PAGE,
        requires=(*plain.requires, *libraries),
        near=tuple(each.name for each in libraries),
        loader_paths=extra.loader_paths,
        assumption=says if extra.loader_paths else "",
        code=code,
        sources=row.sources,
    )


def _libraries(extra: PageExtra, row: BuildFact) -> Iterator[Requirement]:
    """Same soname, and not older than what the build was made with: the extras ask for no less than 8.8 of cuDNN and would take 9."""
    bounds = {"cuda": row.cuda, "cudnn": row.cudnn, "": None}
    for name, component in extra.libraries:
        bound = bounds[component]
        yield Requirement(name, f">={bound},<{int(bound.split('.')[0]) + 1}" if bound else "")
