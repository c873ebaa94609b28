"""Gives a file that asks for something with some of its requirements changed and everything else, comments and line ends too, as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from drivetrain.formats.draft import Kind


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
        name = typed if _normal(typed) == self.instead else self.instead
        return f"{name}{f'[{chr(44).join(self.extras)}]' if self.extras else ''}{self.specifier}"


class Altered(Struct, frozen=True, kw_only=True):
    """Everything that changes in one file."""

    alterations: tuple[Alteration, ...]
    addresses: tuple[tuple[str, str], ...] = ()
    """(index, the one that takes its place)."""
    added: tuple[tuple[str, str], ...] = ()
    """(distribution, index that it comes from), of indexes that the file does not name yet."""


def altered_text(kind: Kind, text: str, altered: Altered) -> str | None:
    """Gives the whole new text; None for a lock, which its own tool writes, and where a requirement is not found as it was read."""
    writers: dict[str, Callable[[list[str], Altered], bool]] = {"requirements": _requirements, "pyproject": _project, "environment": _environment}
    if kind not in writers:
        return None
    for old, new in altered.addresses:
        text = re.sub(rf"{re.escape(old)}(?![\w.-])", new, text)
    lines = text.splitlines(keepends=True)
    return "".join(lines) if writers[kind](lines, altered) else None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _spelled(name: str) -> str:
    """A pattern for every spelling of a name."""
    return r"(?i:" + r"[-_.]+".join(map(re.escape, name.split("-"))) + r")(?![\w.-])"


def _end(lines: list[str]) -> str:
    return "\r\n" if any(line.endswith("\r\n") for line in lines) else "\n"


_REQUIREMENT = re.compile(
    r"(?P<lead>\s*(?:-\s+)?[\"']?)(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?P<asked>.*?)(?P<rest>\s*[\"']?(?:\s*;.*|\s+--?[A-Za-z].*|\s+#.*|\\)?\s*)",
    re.DOTALL,
)


def _requirements(lines: list[str], altered: Altered) -> bool:
    """Hashes of a requirement that changes go with it: they are those of other files."""
    for each in sorted(altered.alterations, key=lambda one: -one.line):
        at = each.line - 1
        last = at
        while last + 1 < len(lines) and lines[last].rstrip().endswith("\\"):
            last += 1
        new = _line_with(lines[at], each)
        if new is None:
            return False
        # What followed on continued lines are options: hashes.
        lines[at : last + 1] = [re.sub(r"\s*(?:--hash[=\s]\S+\s*)*\\?\s*$", "", new) + _end(lines)] if each.instead else []
    named = tuple(dict.fromkeys(url for _, url in altered.added))
    lines[:0] = [f"--extra-index-url {url}{_end(lines)}" for url in named]
    return True


def _line_with(line: str, each: Alteration) -> str | None:
    """Gives a line with the requirement in it exchanged; None where another stands there."""
    addressed = re.match(r"(\s*(?:-\s+)?[\"']?)((?:https?|file):\S+?\.whl)([\"']?(?:#\S*)?.*)", line, re.DOTALL)
    if addressed:
        return f"{addressed[1]}{each.requirement(each.instead)}{addressed[3]}"
    found = _REQUIREMENT.fullmatch(line)
    if found is None or _normal(found["name"]) != each.name:
        return None
    return f"{found['lead']}{each.requirement(found['name'])}{found['rest']}"


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
    end = _end(lines)
    names = {url: f"{_normal(url.rstrip('/').rpartition('/')[2])}-wheels" for _, url in added}
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


def _environment(lines: list[str], altered: Altered) -> bool:
    """What conda's part of the file asked for and changes moves to its pip section: the plan takes wheels, and conda's channels were not asked."""
    section = next((at for at, line in enumerate(lines) if re.match(r"\s*-\s*pip\s*:", line)), None)
    moved: list[str] = []
    out: list[int] = []
    for each in altered.alterations:
        line = lines[each.line - 1]
        if section is not None and each.line - 1 > section:
            new = _line_with(line, each) if each.instead else ""
            if new is None:
                return False
            lines[each.line - 1] = new
        elif each.instead in ("python", "cuda", "cudnn"):
            named = re.fullmatch(r"(\s*-\s+[\"']?(?:[^\s:]+::)?[\w.-]+)[^#\"']*?([\"']?\s*(?:#.*)?\n?)", line, re.DOTALL)
            if named is None:
                return False
            lines[each.line - 1] = f"{named[1]}={each.specifier.lstrip('=<>~')}{named[2]}"
        else:
            out.append(each.line - 1)
            moved += [each.requirement(each.instead)] if each.instead else []
    _in_pip_section(lines, section, [*(f"--extra-index-url {url}" for url in dict.fromkeys(url for _, url in altered.added)), *moved])
    for at in sorted(out, reverse=True):
        del lines[at]
    return True


def _in_pip_section(lines: list[str], section: int | None, items: list[str]) -> None:
    if not items:
        return
    end = _end(lines)
    if section is None:
        listed = [at for at, line in enumerate(lines) if re.match(r"\s*-\s", line)]
        depth = re.match(r"\s*", lines[listed[-1]])
        indent = depth[0] if depth else "  "
        if not lines[listed[-1]].endswith("\n"):
            lines[listed[-1]] += end
        lines[listed[-1] + 1 : listed[-1] + 1] = [f"{indent}- pip{end}", f"{indent}- pip:{end}", *(f"{indent}    - {item}{end}" for item in items)]
        return
    following = re.match(r"\s*", lines[section + 1]) if section + 1 < len(lines) else None
    indent = following[0] if following and following[0] else "      "
    lines[section + 1 : section + 1] = [f"{indent}- {item}{end}" for item in items]
