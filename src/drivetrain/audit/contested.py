"""Finds the files that several wheels own with different content, and whose content lies on disk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from drivetrain.model.environment import Claim, DiskFile, Environment, Installed, OwnedFile
from drivetrain.model.outcome import Evidence
from drivetrain.words import say


class Contested(Struct, frozen=True, kw_only=True):
    """One file that several wheels own with different content."""

    disk: DiskFile
    claims: tuple[Claim, ...]
    winners: tuple[Installed, ...]
    """Those whose content lies on disk; none where it is nobody's."""

    @property
    def losers(self) -> tuple[Installed, ...]:
        return tuple(one for one, _ in self.claims if one not in self.winners)

    @property
    def evidence(self) -> Evidence:
        """Who has won it and who has lost it."""
        on_disk = names_of(self.winners) if self.winners else say("missing") if self.disk.size_bytes is None else say("neither")
        return Evidence(path=self.disk.path, text=say("on disk: {winner}; lost: {losers}", winner=on_disk, losers=names_of(self.losers)))


class Shared(Struct, frozen=True, kw_only=True):
    """What is known of the files that several wheels own."""

    different: tuple[Contested, ...]
    untold: tuple[tuple[Claim, ...], ...]
    """Whose RECORDs state neither hash nor size."""


def names_of(several: tuple[Installed, ...]) -> str:
    """Gives names with versions."""
    return ", ".join(f"{one.name} {one.version}" for one in several)


def contested_in(environment: Environment) -> Shared:
    """Gives them, in the order of `shared_files`."""
    on_disk = {environment.key(each.path): each for each in environment.shared_files}
    claims = {path: environment.claims.get(path, ()) for path in on_disk if path.rpartition("/")[2].lower() != "record"}
    contested: list[Contested] = []
    untold: list[tuple[Claim, ...]] = []
    for key, every in claims.items():
        owners = _one_each(every)
        verdict = _content([owned for _, owned in owners])
        if verdict == "different":
            disk = on_disk[key]
            contested.append(Contested(disk=disk, claims=tuple(owners), winners=tuple(one for one, owned in owners if _matches(owned, disk, owners))))
        elif verdict == "untold" and not key.endswith(".pyc"):
            untold.append(tuple(owners))
    return Shared(different=tuple(contested), untold=tuple(untold))


def _one_each(owners: Iterable[Claim]) -> list[Claim]:
    """Leaves out a second version of the same distribution: that is an upgrade that broke, another rule's finding."""
    return list({one.name: (one, owned) for one, owned in owners}.values())


def _content(owned: list[OwnedFile]) -> Literal["same", "different", "untold"]:
    first, *rest = owned
    untold = False
    for each in rest:
        if first.sha256 and each.sha256:
            if first.sha256 != each.sha256:
                return "different"
        elif first.size_bytes is not None and each.size_bytes is not None and first.size_bytes != each.size_bytes:
            return "different"
        else:
            untold = True
    return "untold" if untold else "same"


def _matches(owned: OwnedFile, disk: DiskFile, claims: list[Claim]) -> bool:
    if disk.size_bytes is None or (owned.size_bytes is not None and owned.size_bytes != disk.size_bytes):
        return False
    if disk.sha256 is not None and owned.sha256 is not None:
        return disk.sha256 == owned.sha256
    return owned.size_bytes is not None and sum(each.size_bytes == owned.size_bytes for _, each in claims) == 1
