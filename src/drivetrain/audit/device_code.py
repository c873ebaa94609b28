"""Gives the device code of an installed distribution: that of its libraries as they lie on disk, else what the catalogue knows of its build."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.audit.builds import build_of
from drivetrain.audit.rule import Context
from drivetrain.catalogue.code_bearers import must_hold, stem_of
from drivetrain.model.catalogue import LibraryCode
from drivetrain.model.environment import Installed
from drivetrain.model.library import Library


class Held(Struct, frozen=True, kw_only=True):
    """The code of one library that must hold some, and where it was read."""

    code: LibraryCode
    path: str
    """Of the library, relative to site-packages; of the distribution's entry where the catalogue alone knows."""
    counted: bool
    """Whether the library itself was read."""


def held_by(context: Context, one: Installed) -> tuple[Held, ...]:
    """Gives the code that decides which GPUs a distribution serves; nothing where nobody knows.

    The file that lies there decides, whichever distribution put it there: what another one has overwritten is what runs.
    """
    build = build_of(context, one)
    known = build.code if build is not None and build.code is not None else ()
    read = tuple(_with_ptx_versions(each, known) for each in _on_disk(context, one))
    return read or tuple(Held(code=each, path=one.path, counted=False) for each in known)


def cuda_of(context: Context, one: Installed) -> str | None:
    """Gives the CUDA that a distribution was built with, by its own files before the catalogue."""
    facts = context.facts({"jax": "jaxlib"}.get(one.name, one.name))
    build = build_of(context, one)
    if facts is not None and facts.cuda is not None and "." in facts.cuda:
        return facts.cuda
    return build.cuda if build is not None else None


def _on_disk(context: Context, one: Installed) -> Iterator[Held]:
    framework = context.catalogue.framework(one.name)
    libraries = [each for each in context.environment.libraries if not each.link and each.code and must_hold(one.name, framework, each.name)]
    # A conda build keeps its libraries outside the folder of the package that they are for.
    ordered = sorted(libraries, key=lambda each: ("adv" in each.name, each.path))  # cuDNN's part for recurrent networks is not the first to be needed.
    for each in [each for each in ordered if context.environment.lists(one, each.path)] or (ordered if framework is not None else []):
        if each.code is not None:
            yield Held(code=_named(each, each.code), path=each.path, counted=True)


def _named(library: Library, code: LibraryCode) -> LibraryCode:
    """What was read of one file is remembered for all of its hard links, whatever they are called."""
    return code if code.library == library.name else replace(code, library=library.name)


def _with_ptx_versions(held: Held, known: tuple[LibraryCode, ...]) -> Held:
    """The version of PTX is not read from the file; that of the catalogue holds where the catalogue knows this very library."""
    same = next((each for each in known if stem_of(each.library) == stem_of(held.code.library) and each.ptx == held.code.ptx), None)
    if same is None:
        return held
    return replace(held, code=replace(held.code, ptx_version=same.ptx_version, ptx_alone=same.ptx_alone, sources=same.sources))
