"""A snapshot of which each distribution is decoded when it is first asked for: a plan needs half of them."""

from __future__ import annotations

from functools import cached_property

import msgspec

from drivetrain.errors import CatalogueError
from drivetrain.model.catalogue import Distribution, Labelled, MarkerTruth, Release, Snapshot
from drivetrain.words import say


class _Row(msgspec.Struct, frozen=True):
    name: str
    releases: msgspec.Raw
    checked: str = ""


class _File(msgspec.Struct, frozen=True):
    as_of: str
    distributions: tuple[_Row, ...]
    places: tuple[str, ...] = ()
    labelled: tuple[Labelled, ...] = ()
    markers: tuple[MarkerTruth, ...] = ()
    schema: str = "drivetrain/snapshot/1"


class HeldSnapshot:
    """What a package index said on one day, by name."""

    def __init__(self, head: Snapshot, raw: dict[str, _Row], read: dict[str, Distribution]) -> None:
        self.as_of = head.as_of
        self.places = head.places
        self.labelled = head.labelled
        self.markers = head.markers
        self.names = frozenset((*raw, *read))
        self._raw = raw
        self._read = read

    @classmethod
    def of(cls, snapshot: Snapshot) -> HeldSnapshot:
        """Holds a snapshot that is decoded already."""
        return cls(snapshot, {}, {each.name: each for each in snapshot.distributions})

    @classmethod
    def of_file(cls, text: bytes) -> HeldSnapshot:
        """Holds the text of a snapshot's file; raises `msgspec.DecodeError`."""
        file = msgspec.json.decode(text, type=_File)
        head = Snapshot(as_of=file.as_of, places=file.places, labelled=file.labelled, markers=file.markers, distributions=())
        return cls(head, {row.name: row for row in file.distributions}, {})

    def releases(self, name: str) -> tuple[Release, ...]:
        """Gives every release of a distribution, newest first; none for an unknown one."""
        found = self.distribution(name)
        return found.releases if found else ()

    def distribution(self, name: str) -> Distribution | None:
        """Gives a distribution; raises CatalogueError for one that is damaged."""
        if name not in self._read and name in self._raw:
            row = self._raw[name]
            try:
                releases = msgspec.json.decode(row.releases, type=tuple[Release, ...])
            except msgspec.DecodeError as error:
                says = say("the snapshot's {name}: {error}", name=name, error=error)
                raise CatalogueError(says, say("install drivetrain again, or ask the indexes with --refresh")) from error
            self._read[name] = Distribution(name=name, releases=releases, checked=row.checked)
        return self._read.get(name)

    @cached_property
    def distributions(self) -> tuple[Distribution, ...]:
        """Every distribution, by name."""
        return tuple(found for name in sorted(self.names) if (found := self.distribution(name)) is not None)
