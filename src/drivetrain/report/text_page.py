"""Shows a page's Markdown on a terminal: headings, paragraphs, lists, code and links, wrapped to the screen; source: https://commonmark.org/."""

from __future__ import annotations

import re

from drivetrain.model.report import Page
from drivetrain.report.columns import WIDTH, wrapped
from drivetrain.report.markup import styled, unmarked
from drivetrain.words import say

_ITEM = re.compile(r"(\s*)([-*+]|\d+[.)])\s+(.*)")
_INLINE = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\((?P<link>[^)\s]+)\)")


def page_screen(page: Page) -> list[str]:
    """Gives the lines of a page: title, text, what holds here, sources."""
    lines = [*wrapped(styled("strong", page.title)), "", *markdown_lines(page.body_markdown)]
    if page.here:
        lines += ["", styled("strong", say("on this machine")), *(f"  {name}: {value}" for name, value in page.here.items())]
    if page.sources:
        lines += ["", styled("strong", say("sources")), *(f"  {each}" for each in page.sources)]
    return lines


def markdown_lines(text: str) -> list[str]:
    """Gives Markdown as lines of a screen."""
    lines: list[str] = []
    paragraph: list[str] = []
    hanging = 0
    fenced = False

    def close() -> None:
        nonlocal hanging
        if paragraph:
            joined = " ".join(paragraph)
            indent = len(joined) - len(joined.lstrip())
            lines.extend(" " * indent + each for each in wrapped(_inline(joined.strip()), WIDTH - indent, hanging))
        paragraph.clear()
        hanging = 0

    for raw in text.splitlines():
        if raw.lstrip().startswith("```"):
            close()
            fenced = not fenced
        elif fenced or (raw.startswith("    ") and not paragraph):
            lines.append("  " + raw.strip() if not fenced else "  " + raw)
        elif not raw.strip():
            close()
            if lines and lines[-1]:
                lines.append("")
        elif raw.startswith("#"):
            close()
            lines.append(styled("strong", raw.lstrip("# ").strip()))
        elif item := _ITEM.fullmatch(raw):
            close()
            paragraph.append(f"{item[1]}{item[2]} {item[3]}")
            hanging = len(item[2]) + 1
        elif raw.lstrip().startswith("|"):
            close()
            lines.append(_inline(raw.strip()))
        else:
            paragraph.append(raw.strip())
    close()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def plain_markdown(text: str) -> str:
    """Gives Markdown without its marks, its lines as they are: for readers that wrap by themselves."""
    return "\n".join(unmarked(_inline(line.lstrip("#").strip() if line.startswith("#") else line)) for line in text.strip().splitlines())


def _inline(text: str) -> str:
    def shown(match: re.Match[str]) -> str:
        if match["strong"]:
            return styled("strong", match["strong"])
        if match["code"]:
            return styled("command", match["code"])
        return match["label"] if match["label"] == match["link"] else f"{match['label']} ({match['link']})"

    return _INLINE.sub(shown, text)
