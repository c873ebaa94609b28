"""Reads the shipped snapshot for tools that make build rows: releases by distribution, and the platforms of a release's wheels."""

from __future__ import annotations

from rows import PACKAGE

from drivetrain.catalogue.refresh.releases import platforms_of
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in
from drivetrain.model.catalogue import PLATFORMS, Release


def releases() -> dict[str, tuple[Release, ...]]:
    """Gives every release of the snapshot, by distribution."""
    return {each.name: each.releases for each in snapshot_in(PACKAGE / "catalogue" / "data" / "snapshot.json").distributions}


def platforms(release: Release) -> tuple[str, ...]:
    """Gives the platforms that a release has wheels for."""
    found = {platform for wheel in release.wheels for platform in platforms_of(wheel.tags)}
    return tuple(each for each in PLATFORMS if each in found)


def on_index(name: str, version: str) -> str:
    """Gives the source of what the index says of a release."""
    return f"package index, project {name}, release {version}"
