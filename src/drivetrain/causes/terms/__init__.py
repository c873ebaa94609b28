"""The terms and questions of a good setup guide: a page each, in English and Chinese, found by any of the names that people have for it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from drivetrain.causes import matter_of, page_of

if TYPE_CHECKING:
    from drivetrain.model.report import Page

_FOLDER = Path(__file__).parent
_FILLER = re.compile(
    "a|an|the|is|are|do|does|did|i|my|me|we|you|your|in|on|of|for|to|and|or|with|by|from|it|this|that|there|be|can|s"
    "|how|what|which|why|when|where|who|need|have|after|before|about|works?|means?|between|still|tell|show"
)
"""Words that every question has."""
_WORD = re.compile(r"[a-z0-9+.#]+|[\u4e00-\u9fff]+")


class Term(Struct, frozen=True, kw_only=True):
    """What a page's front matter says."""

    topic: str
    sources: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Other names of it and the questions that it answers, in English and Chinese."""
    here: tuple[str, ...] = ()
    """The values of this machine that belong to it."""


@cache
def terms() -> dict[str, Term]:
    """Gives every term by its name."""
    return {path.stem: _term(path) for path in sorted((_FOLDER / "en").glob("*.md"))}


def term_named(text: str) -> Term | None:
    """Gives the term that a name or a question means; None where no page answers it."""
    wanted = _words(text)
    plain = " ".join(text.lower().split()).rstrip("?？ ")
    for term in terms().values():
        if plain in {each.lower().rstrip("?？ ") for each in (term.topic, term.topic.replace("-", " "), *term.names)}:
            return term
    if not wanted or not _is_question(text):
        return None
    scored = [(max(_likeness(wanted, _words(name)) for name in (term.topic.replace("-", " "), *term.names)), term) for term in terms().values()]
    best = max(scored, key=lambda one: one[0])
    return best[1] if best[0] >= 0.6 else None


def page_of_term(term: Term, language: str) -> Page:
    """Gives the page, in English where that language has none."""
    path = _FOLDER / language / f"{term.topic}.md"
    path = path if path.is_file() else _FOLDER / "en" / f"{term.topic}.md"
    return page_of(path.read_text(encoding="utf-8"), f"causes/terms/{path.parent.name}/{path.name}", key="topic")


def _term(path: Path) -> Term:
    import msgspec

    name = f"causes/terms/{path.parent.name}/{path.name}"
    return msgspec.convert(matter_of(path.read_text(encoding="utf-8"), name, "topic"), type=Term)


def _is_question(text: str) -> bool:
    """A question, not a line of a log."""
    return bool(
        re.match(r"(?i)\s*(what|which|how|why|when|where|who|is|are|do|does|can|should|must|difference)\b", text)
        or re.search(r"[?？吗呢]\s*$|什么|怎么|哪|为何|区别|需要", text)
    )


def _words(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        if word[0] > "\u4e00":
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif not _FILLER.fullmatch(word):
            found.add(word.rstrip("s.") or word)
    return frozenset(found)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets of words share, from 0 to 1 (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
