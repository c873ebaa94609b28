"""Gives the wish that one requirement expresses, and the requirement that expresses a wish.

Source: https://packaging.python.org/en/latest/specifications/dependency-specifiers/ (PEP 508) and .../version-specifiers/ (PEP 440).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivetrain.errors import UsageError
from drivetrain.formats.direct_reference import is_path, reference_of, scp_as_url
from drivetrain.formats.requirement_repair import nearest
from drivetrain.model.request import COMPONENTS, Wish
from drivetrain.words import language, say

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_GLUED = re.compile(r"(python|cuda|cudnn|driver)[-_]?(\d+(?:\.\d+)*)", re.IGNORECASE)
_CLAUSE = r"(?:(?:>=|<=|>|<)\s*\d+(?:\.\d+)*|(?:==|!=)\s*\d+(?:\.\d+)*(?:\.\*)?)"
_PLAIN = re.compile(rf"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*({_CLAUSE}(?:\s*,\s*{_CLAUSE})*)?")
"""A name and numbers, as most requirements are: read without the whole grammar, whose parser takes 40 ms to load."""

_LONGEST = 16_000
"""Characters; a reference with its token has a thousand, the joined markers of a lock some thousand. Longer texts would take the grammar seconds."""
_ENDLESS = re.compile(r"\d{1000}")
"""Digits that Python does not read as one number: https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation."""


def wish_of(text: str, origin: str = "") -> Wish:
    """Reads one requirement, component, direct reference or local path; raises UsageError with the nearest valid form where one is evident."""
    typed = text.strip()
    if not typed:
        raise UsageError(_at(origin, say("a requirement is missing")), say("a requirement is a name and what it must be: torch>=2.6"))
    if len(typed) > _LONGEST or _ENDLESS.search(typed):
        raise _refused(f"{typed[:40]}...", origin, None)
    if typed.startswith("-"):
        raise UsageError(
            _at(origin, say("{text} is an option, not a requirement", text=typed)),
            say("options stand outside the quotes; a file of requirements is given with -r FILE"),
        )
    url = scp_as_url(typed)
    if url:
        raise _refused(typed, origin, url)
    reference = reference_of(typed)
    if reference is not None:
        if reference.marker:
            _parsed(f"reference ; {reference.marker}", typed, origin)
        return replace(reference, text=typed, origin=origin)
    return _plain(typed, origin) or _named(typed, origin)


def readable_wishes(texts: Iterable[str], origin: str = "") -> Iterator[tuple[str, Wish]]:
    """Gives each text with its wish; what is no requirement, as installed packages of ten years ago state it ("foo (>=2.2.*)"), is passed over."""
    for text in texts:
        try:
            wish = wish_of(text, origin)
        except UsageError:
            continue
        yield text, wish


def _plain(typed: str, origin: str) -> Wish | None:
    """Gives the wish of a plain requirement, the same that the whole grammar gives; None for any other."""
    found = _PLAIN.fullmatch(typed)
    if found is None or _GLUED.fullmatch(found[1]):
        return None
    clauses = re.sub(r"\s", "", found[2] or "").split(",")
    if len({clause.rstrip("0123456789.*") for clause in clauses}) < len(clauses):
        return None  # the same operator twice: which of equal bounds stays is the library's to say
    return Wish(name=re.sub(r"[-_.]+", "-", found[1]).lower(), specifier=",".join(clauses), text=typed, origin=origin)


def requirement_text(wish: Wish) -> str:
    """Gives the wish as one requirement that `wish_of` reads back to the same wish; hashes and the index are not part of it."""
    marker = f" ; {wish.marker}" if wish.marker else ""
    extras = f"[{','.join(wish.extras)}]" if wish.extras else ""
    if not wish.url:
        return f"{wish.name}{extras}{wish.specifier}{marker}"
    bare = reference_of(wish.url)
    if bare is not None and bare.name == wish.name and (not wish.name or is_path(wish.url)):
        return f"{wish.url}{extras}{marker}"
    return f"{wish.name}{extras} @ {wish.url}{marker}"


def _named(typed: str, origin: str) -> Wish:
    parsed = _parsed(typed, typed, origin)
    from packaging.utils import canonicalize_name

    name: str = canonicalize_name(parsed.name)
    url = parsed.url or ""
    if (url and reference_of(url) is None) or any(not each.version for each in parsed.specifier):
        raise _refused(typed, origin, nearest(typed))
    glued = _GLUED.fullmatch(parsed.name)
    if glued and not url:
        raise _refused(typed, origin, f"{glued[1].lower()}=={glued[2]}")
    wish = Wish(
        name=name,
        specifier=_specifier(parsed, typed),
        extras=tuple(sorted({str(canonicalize_name(extra)) for extra in parsed.extras})),
        marker=str(parsed.marker) if parsed.marker else "",
        url=url,
        text=typed,
        origin=origin,
    )
    if name in COMPONENTS and (wish.extras or "+" in wish.specifier):
        raise UsageError(
            _at(origin, say("{text}: {name} is a component and has neither extras nor builds", text=typed, name=name)),
            say("write {text}", text=re.sub(r"\+[^,]*", "", f"{name}{wish.specifier}")),
        )
    return wish


def _parsed(requirement: str, typed: str, origin: str) -> Requirement:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(requirement)
    except (InvalidRequirement, RecursionError) as error:
        better = nearest(typed)
        # The parser speaks English alone.
        reason = "" if better or language() != "en" else str(error).splitlines()[0]
        raise _refused(typed, origin, better, reason) from error


def _specifier(parsed: Requirement, typed: str) -> str:
    """The specifiers in the order typed: a set has none, and people recognise their own."""
    flat = re.sub(r"\s", "", typed)
    return ",".join(sorted((str(each) for each in parsed.specifier), key=lambda each: (flat.find(each), each)))


def _refused(typed: str, origin: str, better: str | None, reason: str = "") -> UsageError:
    if better and re.search(r"(?<![=<>!~])=(?![=<>~])", typed.partition(";")[0]) and "==" in better:
        says = say("{text} is not a requirement: versions are asked for with ==", text=typed)
    elif reason:
        says = say("{text} is not a requirement: {reason}", text=typed, reason=reason[:1].lower() + reason[1:])
    else:
        says = say("{text} is not a requirement", text=typed)
    advice = say("write {text}", text=better) if better else say("a requirement is a name and what it must be: torch>=2.6")
    return UsageError(_at(origin, says), advice)


def _at(origin: str, says: str) -> str:
    return f"{origin}: {says}" if origin else says
