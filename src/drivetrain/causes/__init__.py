"""The causes: one page each, in English and Chinese, written for a person at midnight; read only when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivetrain.errors import FileError, UsageError
from drivetrain.words import say

if TYPE_CHECKING:
    from drivetrain.model.report import Page

_FENCE = "+++"
_FOLDER = Path(__file__).parent


def slugs() -> tuple[str, ...]:
    """Gives every cause that has a page, in the order of the alphabet."""
    return tuple(sorted(path.stem for path in (_FOLDER / "en").glob("*.md")))


def page(slug: str, language: str = "en") -> Page:
    """Gives the page of a cause, in English where that language has none; raises UsageError for a slug without a page."""
    for folder in (language, "en"):
        path = _FOLDER / folder / f"{slug}.md"
        if slug and "/" not in slug and path.is_file():
            return page_of(path.read_text(encoding="utf-8"), f"causes/{folder}/{slug}.md")
    from difflib import get_close_matches

    near = get_close_matches(slug, slugs(), n=3)
    raise UsageError(
        say("no page is called {slug}", slug=slug),
        say("nearest: {names}", names=", ".join(near)) if near else say("a cause is named in brackets by drivetrain plan and drivetrain audit"),
    )


def page_of(text: str, name: str, key: str = "cause") -> Page:
    """Reads a page: TOML between two lines of `+++`, a title, then Markdown; raises FileError with file and line. `key` names it in the front matter."""
    from drivetrain.model.report import Page

    matter = matter_of(text, name, key)
    lines = text.splitlines()
    end = lines.index(_FENCE, 1)
    title = next((number for number in range(end + 1, len(lines)) if lines[number].strip()), None)
    if title is None or not lines[title].startswith("# "):
        raise _fault(name, (end if title is None else title) + 1, say("after the front matter comes the title, a line that begins with #"))
    return Page(
        topic=matter[key],
        title=lines[title][2:].strip(),
        body_markdown="\n".join(lines[title + 1 :]).strip() + "\n",
        sources=tuple(matter["sources"]),
    )


def matter_of(text: str, name: str, key: str = "cause") -> dict[str, Any]:
    """Gives a page's front matter; raises FileError with file and line."""
    import msgspec

    lines = text.splitlines()
    if not lines or lines[0].strip() != _FENCE:
        raise _fault(name, 1, say("a page opens with a line +++"))
    if _FENCE not in lines[1:]:
        raise _fault(name, len(lines), say("the front matter has no closing line +++"))
    toml = "\n".join(lines[1 : lines.index(_FENCE, 1)])
    try:
        matter = msgspec.toml.decode(toml)
    except msgspec.DecodeError as error:
        raise FileError(f"{name}: {error}", _advice()) from None
    for each, kind in ((key, str), ("sources", list)):
        if not isinstance(matter.get(each), kind):
            raise _fault(name, _line_of(each, toml), say("{key}: expected {kind}", key=each, kind=kind.__name__))
    strange = next((each for each in matter["sources"] if not str(each).startswith("https://")), None)
    if strange is not None or not matter["sources"]:
        raise _fault(name, _line_of("sources", toml), say("sources: {value} is no https address", value=strange or "[]"))
    return dict(matter)


def _line_of(key: str, toml: str) -> int:
    """Gives the line of the file on which a key stands; the front matter begins on the second."""
    return next((number for number, line in enumerate(toml.splitlines(), 2) if line.startswith(key)), 1)


def _fault(name: str, line: int, says: str) -> FileError:
    return FileError(f"{name}:{line}: {says}", _advice())


def _advice() -> str:
    return say("install drivetrain again: its pages are damaged")
