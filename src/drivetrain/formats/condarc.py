"""Reads the channels of a .condarc; source: conda documentation, "Using the .condarc conda configuration file".

Only the two ways of writing a list that conda's own `conda config` and its documentation use are read: a probe must not load a YAML reader for one key.
"""

from __future__ import annotations

import re


def channels_of(text: str) -> tuple[str, ...]:
    """Gives `channels` in their order, without quotes and comments; empty where the key is missing or written in another way."""
    lines = [re.sub(r"(^|\s)#.*", "", line).rstrip() for line in text.splitlines()]
    at = next((index for index, line in enumerate(lines) if re.match(r"channels\s*:", line)), None)
    if at is None:
        return ()
    inline = re.fullmatch(r"channels\s*:\s*\[(.*)\]", lines[at])
    if inline:
        return tuple(_plain(each) for each in inline[1].split(",") if each.strip())
    found = []
    for line in lines[at + 1 :]:
        item = re.fullmatch(r"\s*-\s+(\S+)", line)
        if item:
            found.append(_plain(item[1]))
        elif line.strip():
            break
    return tuple(found)


def _plain(text: str) -> str:
    return text.strip().strip("\"'")
