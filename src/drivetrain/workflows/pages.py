"""Finds the page of a topic: a cause, a term or a question; with what this machine and its environment have of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from drivetrain.model.documents import FrozenMap
from drivetrain.model.report import Page
from drivetrain.words import say


def page_of(topic: str, language: str, *, here: Callable[[], dict[str, str]] | None = None) -> Page | None:
    """Gives the page of a topic, None when there is none; `here` gives the machine's facts, asked only where the page has a place for them."""
    from drivetrain.catalogue.not_planned import PAGES
    from drivetrain.causes import page, slugs
    from drivetrain.causes.terms import page_of_term, term_named

    name = topic.strip().lower().replace(" ", "-").replace("_", "-")
    name = PAGES.get(name, name)
    if name in slugs():
        return page(name, language)
    term = term_named(topic)
    if term is None:
        return None
    found = page_of_term(term, language)
    return replace(found, here=FrozenMap(_values(term.here, here()))) if here is not None and term.here else found


def topics() -> tuple[str, ...]:
    """Gives every topic that has a page."""
    from drivetrain.causes import slugs
    from drivetrain.causes.terms import terms

    return (*slugs(), *terms())


def facts_here(prefix: str | None) -> dict[str, str]:
    """Gives what this machine and the environment at hand have."""
    from drivetrain.workflows.machine import this_machine
    from drivetrain.workflows.machine_facts import facts_of_environment, facts_of_machine
    from drivetrain.workflows.prefixes import DEFAULT, active_prefix, shown

    place = Path(prefix or active_prefix() or DEFAULT)
    facts = facts_of_environment(place)
    return {**facts_of_machine(this_machine()), **facts, **({"environment": shown(place)} if facts else {})}


def _values(names: tuple[str, ...], facts: dict[str, str]) -> dict[str, str]:
    """Gives the values that a page asks for, by what people call them; what is not there is said to be not there."""
    called = {
        "driver": say("driver"),
        "driver_cuda": say("driver ceiling (highest CUDA)"),
        "gpu": "GPU",
        "capability": say("compute capability"),
        "cuda_installed": say("CUDA toolkit on the system"),
        "python": "Python",
        "environment": say("environment"),
        "os": say("operating system"),
        "distro": say("distribution"),
        "container": say("container"),
    }
    made = {called[name]: facts.get(name) or say("none") for name in names if name in called}
    inside = facts.get("environment")
    for pattern in (name for name in names if name not in called):
        found = {key.removeprefix("package."): value for key, value in facts.items() if key.startswith("package.") and pattern in key}
        if inside is not None:
            made.update(found or {pattern: say("not in {prefix}", prefix=inside)})
    return made
