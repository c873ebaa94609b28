"""Finds the page of a topic."""

from __future__ import annotations

from drivetrain.model.report import Page


def page_of(topic: str, language: str) -> Page | None:
    """Gives the page of a cause; None when there is none."""
    from drivetrain.catalogue.not_planned import PAGES

    name = topic.strip().lower().replace(" ", "-").replace("_", "-")
    name = PAGES.get(name, name)
    if name not in topics():
        return None
    from drivetrain.causes import page

    return page(name, language)


def topics() -> tuple[str, ...]:
    """Gives every topic that has a page."""
    from drivetrain.causes import slugs

    return slugs()
