"""Gives the logical lines of a requirements file: decoded, joined, without comments, variables filled in.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/ (encoding, line continuation, comments, environment variables).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 before UTF-16: the mark of the one begins with that of the other."""

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def decoded(data: bytes) -> str:
    """Gives the text of a file by its byte order mark or coding comment, else as UTF-8 or what PowerShell's `>` writes.

    What is neither is read byte by byte: requirements are ASCII, so only comments (in GBK, say) come out wrong, and those are dropped.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    for line in data.split(b"\n", 2)[:2]:
        declared = _DECLARED.match(line)
        if declared:
            try:
                return data.decode(declared[1].decode("ascii"))
            except (LookupError, UnicodeError):
                break
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Gives the physical lines with their numbers from 1."""
    return enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)


def logical(lines: Iterable[tuple[int, str]], variables: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Joins lines that end with a backslash (a comment ends the joining), drops comments, fills in ${NAME} where it is set."""
    begun, parts = 0, [""]
    for number, line in lines:
        begun = begun or number
        continued = line.endswith("\\") and not re.match(r"\s*#", line)
        parts.append(_COMMENT.sub("", line[:-1] if continued else line))
        if continued:
            continue
        joined = _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), "".join(parts)).strip()
        if joined:
            yield begun, joined
        begun, parts = 0, [""]
    rest = _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), "".join(parts)).strip()
    if rest:
        yield begun, rest
