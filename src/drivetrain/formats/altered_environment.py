"""Gives conda's environment file with some of its packages changed."""

from __future__ import annotations

import re

from drivetrain.formats.alteration import Altered, line_end, line_with


def altered_environment(lines: list[str], altered: Altered) -> bool:
    """What conda's part of the file asked for and changes moves to its pip section: the plan takes wheels, and conda's channels were not asked."""
    section = next((at for at, line in enumerate(lines) if re.match(r"\s*-\s*pip\s*:", line)), None)
    moved: list[str] = []
    out: list[int] = []
    for each in altered.alterations:
        line = lines[each.line - 1]
        if section is not None and each.line - 1 > section:
            new = line_with(line, each) if each.instead else ""
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
    end = line_end(lines)
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
