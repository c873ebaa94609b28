"""Gives a file that asks for something with some of its requirements changed and everything else, comments and line ends too, as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from drivetrain.formats.alteration import Alteration, Altered, line_end, line_with, normal
from drivetrain.formats.altered_environment import altered_environment
from drivetrain.formats.draft import Kind


def altered_text(kind: Kind, text: str, altered: Altered) -> str | None:
    """Gives the whole new text; None for a lock, which its own tool writes, and where a requirement is not found as it was read."""
    writers: dict[str, Callable[[list[str], Altered], bool]] = {"requirements": _requirements, "pyproject": _project, "environment": altered_environment}
    if kind not in writers:
        return None
    for old, new in altered.addresses:
        text = re.sub(rf"{re.escape(old)}(?![\w.-])", new, text)
    lines = text.splitlines(keepends=True)
    return "".join(lines) if writers[kind](lines, altered) else None


def _spelled(name: str) -> str:
    """A pattern for every spelling of a name."""
    return r"(?i:" + r"[-_.]+".join(map(re.escape, name.split("-"))) + r")(?![\w.-])"


def _requirements(lines: list[str], altered: Altered) -> bool:
    """Hashes of a requirement that changes go with it: they are those of other files."""
    for each in sorted(altered.alterations, key=lambda one: -one.line):
        at = each.line - 1
        last = at
        while last + 1 < len(lines) and lines[last].rstrip().endswith("\\"):
            last += 1
        new = line_with(lines[at], each)
        if new is None:
            return False
        # An index behind a requirement has no effect in pip and stops uv.
        new = re.sub(r"\s+--?(?:extra-index-url|index-url|find-links|i|f)[=\s]\S+", "", new)
        # What followed on continued lines are options: hashes.
        lines[at : last + 1] = [re.sub(r"\s*(?:--hash[=\s]\S+\s*)*\\?\s*$", "", new) + line_end(lines)] if each.instead else []
    named = tuple(dict.fromkeys(url for _, url in altered.added))
    lines[:0] = [f"--extra-index-url {url}{line_end(lines)}" for url in named]
    return True


def _project(lines: list[str], altered: Altered) -> bool:
    for each in altered.alterations:
        new = _entry(lines[each.line - 1], each)
        if new is None:
            return False
        lines[each.line - 1] = new
        if each.url and each.url.partition("#")[0] not in new and not _without_source(lines, each):
            return False
    lines[:] = [line for line in lines if line.strip() != _OUT.strip()]
    if any(re.match(r"\s*\[tool\.poetry\.dependencies", line) for line in lines) and altered.added:
        return False
    _uv_indexes(lines, altered.added)
    return True


_OUT = "\0\n"
"""A line that is taken out."""


def _without_source(lines: list[str], each: Alteration) -> bool:
    """Takes the entry of [tool.uv.sources] out; one that is not a single line is left alone."""
    for at, line in enumerate(lines):
        if re.match(rf"\s*[\"']?{_spelled(each.name)}[\"']?\s*=\s*\{{.*\}}", line) and re.search(r"\b(?:url|path|git)\s*=", line):
            lines[at] = _OUT
            return True
    return False


def _entry(line: str, each: Alteration) -> str | None:
    """A requirement in quotation marks (PEP 621), or poetry's `name = "version"` and `name = {version = "..."}`."""
    poetry = re.match(rf"\s*[\"']?{_spelled(each.name)}[\"']?\s*=", line)
    if each.name == "python" and re.match(r"\s*requires-python\s*=", line):
        return re.sub(r"([\"'])[^\"']*\1", rf"\g<1>{each.specifier}\1", line, count=1)
    if poetry:
        return _poetry_entry(line, each, poetry.end())
    found = re.search(rf"([\"'])\s*({_spelled(each.name)})(?:(?!\1).)*?(\s*;(?:(?!\1).)*)?\1", line)
    if found is None:
        return None
    if not each.instead:
        rest = f"{line[: found.start()]}{re.sub(r'^' + chr(92) + 's*,' + chr(92) + 's*', '', line[found.end() :])}"
        return rest if re.search(r"[^\s,]", rest) else _OUT
    return f"{line[: found.start()]}{found[1]}{each.requirement(found[2])}{found[3] or ''}{found[1]}{line[found.end() :]}"


def _poetry_entry(line: str, each: Alteration, end: int) -> str | None:
    if not each.instead:
        return _OUT
    version = each.specifier.removeprefix("==")
    if re.match(r"\s*[\"']", line[end:]):
        return line[:end] + re.sub(r"([\"'])[^\"']*\1", rf"\g<1>{version}\1", line[end:], count=1)
    found = re.search(r"(\bversion\s*=\s*)([\"'])[^\"']*\2", line[end:])
    return line[:end] + line[end:].replace(found[0], f"{found[1]}{found[2]}{version}{found[2]}") if found else None


def _uv_indexes(lines: list[str], added: Iterable[tuple[str, str]]) -> None:
    """Ties distributions to indexes as uv writes it: a package index that a requirement needs cannot stand in [project]."""
    end = line_end(lines)
    names = {url: f"{normal(url.rstrip('/').rpartition('/')[2])}-wheels" for _, url in added}
    if names and lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    tied = [f'{name} = {{ index = "{names[url]}" }}{end}' for name, url in added]
    header = next((at for at, line in enumerate(lines) if line.strip() == "[tool.uv.sources]"), None)
    if tied and header is not None:
        lines[header + 1 : header + 1] = tied
    elif tied:
        lines += [end, f"[tool.uv.sources]{end}", *tied]
    for url, name in names.items():
        lines += [end, f"[[tool.uv.index]]{end}", f'name = "{name}"{end}', f'url = "{url}"{end}', f"explicit = true{end}"]
