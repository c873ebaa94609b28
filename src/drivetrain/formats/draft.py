"""Collects what a file asks for while it is read, and gives the one value in the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from drivetrain.errors import DrivetrainError, FileError, UsageError
from drivetrain.formats.requirements import wish_of
from drivetrain.model.request import RequestFile, Wish
from drivetrain.words import say

Kind = Literal["requirements", "pyproject", "environment", "conda-list", "pylock", "uv-lock"]
Reader = Callable[[str], str]
"""Gives the text of the file (or URL) of that name, relative to where the first file's name is relative to."""


@dataclass
class Draft:
    """A request file so far."""

    name: str
    kind: Kind
    reader: Reader
    groups: tuple[str, ...] = ()
    """Extras and dependency groups asked for."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """What ${NAME} stands for."""
    wishes: list[Wish] = field(default_factory=list)
    constraints: list[Wish] = field(default_factory=list)
    index: str = ""
    indexes: list[str] = field(default_factory=list)
    no_index: bool = False
    find_links: list[str] = field(default_factory=list)
    pre: bool = False
    channels: list[str] = field(default_factory=list)
    accelerator: Literal["", "cpu"] = ""
    no_binary: list[str] = field(default_factory=list)
    only_binary: list[str] = field(default_factory=list)
    require_hashes: bool = False
    warnings: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def wish(self, text: str, origin: str) -> Wish | None:
        """Reads a requirement; one that is none becomes a warning."""
        try:
            return wish_of(text, origin)
        except UsageError as error:
            self.warn("", say("{problem}; left out ({advice})", problem=error.says, advice=error.next))
            return None

    def warn(self, origin: str, says: str, cause: str = "") -> None:
        """Notes a doubt; with a cause it is a fault of the file that its tools keep silent about."""
        text = f"{origin}: {says}" if origin else says
        if text not in self.warnings:
            self.warnings.append(text)
            self.notes.extend([(cause, text)] if cause else [])

    def text_of(self, name: str, origin: str) -> str:
        """Reads a file that this one names; raises FileError that names both."""
        try:
            return self.reader(name)
        except DrivetrainError as error:
            raise FileError(f"{origin}: {error.says}", error.next) from error
        except (OSError, UnicodeError) as error:
            raise FileError(
                say("{origin}: {file} cannot be read: {reason}", origin=origin, file=name, reason=error),
                say("put the file there, or take the line out"),
            ) from error

    def finished(self) -> RequestFile:
        return RequestFile(
            name=self.name,
            kind=self.kind,
            wishes=tuple(dict.fromkeys(self.wishes)),
            constraints=tuple(dict.fromkeys(self.constraints)),
            index=self.index,
            indexes=tuple(dict.fromkeys(self.indexes)),
            no_index=self.no_index,
            find_links=tuple(dict.fromkeys(self.find_links)),
            pre=self.pre,
            channels=tuple(dict.fromkeys(self.channels)),
            accelerator=self.accelerator,
            no_binary=tuple(dict.fromkeys(self.no_binary)),
            only_binary=tuple(dict.fromkeys(self.only_binary)),
            require_hashes=self.require_hashes,
            notes=tuple(self.notes),
            warnings=tuple(self.warnings),
        )


def beside(including: str, target: str) -> str:
    """Gives the name of a file that another file names: relative to that file's folder."""
    import posixpath
    import re
    from urllib.parse import urljoin

    if "://" in target or target.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:[\\/]|file:", target):
        return target
    if "://" in including:
        return urljoin(including, target)
    folder = posixpath.dirname(including.replace("\\", "/"))
    return posixpath.normpath(posixpath.join(folder, target.replace("\\", "/")))
