"""Gives the request that an environment is for: as it was recorded, else as its own marks let one infer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.request import Request, Wish
from drivetrain.words import say
from drivetrain.workflows.change import added_by_hand, wish_for

if TYPE_CHECKING:
    from drivetrain.install import Owner

_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)""")


def request_of_environment(owner: Owner, environment: Environment, prefix: Path, facts: Catalogue) -> Request:
    """Gives what the environment is for: as it was recorded, with what came in by hand; else as its own marks let one infer."""
    if owner.kind != "ours" or owner.request is None:
        return inferred(environment, facts)
    asked = {each.name for each in owner.request.wishes}
    added = tuple(_free(each) for each in added_by_hand(prefix, owner) if each.name not in asked)
    return replace(owner.request, wishes=(*owner.request.wishes, *added))


def inferred(environment: Environment, facts: Catalogue) -> Request:
    """Gives the request that an environment lets one infer: what was asked for by its marks and nothing else needs, and its frameworks with their companions.

    An environment made from a lock has everything marked, one of conda or of an old pip nothing: marks alone do not tell, and what others need
    comes along anyway.
    """
    from drivetrain.formats.requirements import readable_wishes

    needed = needed_in(environment) | _of_extras(environment, facts)
    marked = any(each.requested for each in environment.installed)
    chosen = [
        each
        for each in environment.installed
        if (each.name not in needed and (each.requested or not marked or _is_framework(each, facts))) or (each.requested and _is_framework(each, facts))
    ]
    kept = [each for each in chosen if (marked or _is_framework(each, facts)) and each.name not in ("pip", "setuptools", "wheel", "uv")]
    # A damaged name ("foo bar") can be asked of nobody; of what is there twice, once.
    askable = {text for text, _ in readable_wishes(each.name for each in kept)}
    return Request(wishes=tuple({each.name: _free(each) for each in kept if each.name in askable}.values()))


def needed_in(environment: Environment) -> frozenset[str]:
    """Gives what distributions require of each other, with the extras that they name of each other ("etils[epath]") and without the others."""
    from drivetrain.formats.requirements import readable_wishes

    every = [(each.name, wish, _extra_of(text)) for each in environment.installed for text, wish in readable_wishes(each.requires)]
    chosen: set[tuple[str, str]] = set()
    while more := {
        (wish.name, extra) for name, wish, of in every if not of or (name, of) in chosen for extra in wish.extras if (wish.name, extra) not in chosen
    }:
        chosen |= more
    return frozenset(wish.name for name, wish, of in every if wish.name != name and (not of or (name, of) in chosen))


def _extra_of(text: str) -> str:
    """Gives the extra for which alone a requirement holds, "" for one that always does."""
    match = _EXTRA.search(text)
    return match[1] if match else ""


def _of_extras(environment: Environment, facts: Catalogue) -> frozenset[str]:
    """Gives the CUDA libraries and plug-ins that an extra of something here brings ("tensorflow[and-cuda]"): the plan chooses those of its own stack."""
    from drivetrain.catalogue.families import family_of, is_cuda_library
    from drivetrain.formats.requirements import readable_wishes

    named = {wish.name for each in environment.installed for text, wish in readable_wishes(each.requires) if "extra" in text}
    followers = (each for each in environment.installed if each.name in named and not _is_framework(each, facts))
    return frozenset(each.name for each in followers if is_cuda_library(each.name) or family_of(each.name, each.version))


def _is_framework(installed: Installed, facts: Catalogue) -> bool:
    return facts.framework(installed.name) is not None or facts.framework_of_companion(installed.name) is not None


def _free(installed: Installed) -> Wish:
    """Gives the wish for a distribution in any version; one that came from a folder or repository comes from there again."""
    from drivetrain.formats.requirements import wish_of

    return wish_for(installed) if installed.url else wish_of(installed.name, origin=say("what is installed"))
