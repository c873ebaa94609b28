"""What changes in a file that asks for something, and a line of it with the requirement exchanged."""

from __future__ import annotations

import re

from msgspec import Struct


class Alteration(Struct, frozen=True, kw_only=True):
    """One requirement of a file, and what takes its place."""

    line: int
    name: str
    """As it was read: normalised."""
    instead: str = ""
    """The name to write: "tensorflow" for `tensorflow-gpu`; empty: the requirement is taken out."""
    extras: tuple[str, ...] = ()
    specifier: str = ""
    url: str = ""
    """The direct reference that it was, which a table of its own may hold."""

    def requirement(self, typed: str) -> str:
        """Gives the requirement; a name that stays is spelled as it was."""
        name = typed if normal(typed) == self.instead else self.instead
        return f"{name}{f'[{chr(44).join(self.extras)}]' if self.extras else ''}{self.specifier}"


class Altered(Struct, frozen=True, kw_only=True):
    """Everything that changes in one file."""

    alterations: tuple[Alteration, ...]
    addresses: tuple[tuple[str, str], ...] = ()
    """(index, the one that takes its place)."""
    added: tuple[tuple[str, str], ...] = ()
    """(distribution, index that it comes from), of indexes that the file does not name yet."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def line_end(lines: list[str]) -> str:
    return "\r\n" if any(line.endswith("\r\n") for line in lines) else "\n"


_REQUIREMENT = re.compile(
    r"(?P<lead>\s*(?:-\s+)?[\"']?)(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?P<asked>.*?)(?P<rest>\s*[\"']?(?:\s*;.*|\s+--?[A-Za-z].*|\s+#.*|\\)?\s*)",
    re.DOTALL,
)


def line_with(line: str, each: Alteration) -> str | None:
    """Gives a line with the requirement in it exchanged; None where another stands there."""
    addressed = re.match(r"(\s*(?:-\s+)?[\"']?)((?:https?|file):\S+?\.whl)([\"']?(?:#\S*)?.*)", line, re.DOTALL)
    if addressed:
        return f"{addressed[1]}{each.requirement(each.instead)}{addressed[3]}"
    found = _REQUIREMENT.fullmatch(line)
    if found is None or normal(found["name"]) != each.name:
        return None
    return f"{found['lead']}{each.requirement(found['name'])}{found['rest']}"
