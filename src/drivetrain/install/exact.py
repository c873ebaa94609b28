"""Whether a prefix already holds a lock, so that nothing need be installed."""

from __future__ import annotations

from pathlib import Path

from drivetrain.install.activation import python_of
from drivetrain.install.integrity import is_present, normalised, site_packages_of
from drivetrain.install.prefix import owner_of
from drivetrain.model.lock import Lock


def installed_exactly(prefix: Path, lock: Lock, *, others: bool = False) -> bool:
    """Tells whether the prefix is ours, was made from this lock, and still has its distributions; files are not looked into (audit does).

    With `others`, what somebody installed besides does not count against it.
    """
    owner = owner_of(prefix)
    if owner.lock is None or not _is_same(owner.lock, lock) or not python_of(prefix).exists():
        return False
    site = site_packages_of(prefix)
    if site is None:
        return False
    present = {(normalised(name), version) for name, _, version in (each.name.removesuffix(".dist-info").rpartition("-") for each in site.glob("*.dist-info"))}
    return all(is_present(each.name, each.version, present) for each in lock.artifacts) and (others or len(present) <= _distributions(owner.lock))


def _is_same(one: Lock, other: Lock) -> bool:
    """The same files by hash; from where they come, and what a lock says besides, may differ."""
    return bool(one.artifacts) and {(each.name, each.sha256) for each in one.artifacts} == {(each.name, each.sha256) for each in other.artifacts}


def _distributions(lock: Lock) -> int:
    return lock.text.count("[[packages]]")
