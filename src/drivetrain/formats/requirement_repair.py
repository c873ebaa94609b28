"""Gives the requirement that somebody meant by a text that is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_HEAD = rf"({_NAME}\s*(?:\[[^\]]*\])?)"
_VERSION = r"v?\d[A-Za-z0-9.*+!_-]*"


def nearest(text: str) -> str | None:
    """Gives the nearest valid requirement, or None where nothing evident was meant."""
    requirement, separator, marker = text.partition(";")
    requirement = unicodedata.normalize("NFKC", requirement).strip().strip("'\"`").rstrip(",;").strip()
    for mend in _MENDS:
        requirement = mend(requirement)
    requirement = requirement.strip()
    candidate = f"{requirement} ; {marker.strip()}" if separator and marker.strip() else requirement
    if candidate != text and _is_valid(candidate):
        return candidate
    return _several(requirement) if not separator else None


def _several(text: str) -> str | None:
    """Two requirements in one text, as they are typed one beside the other."""
    parts = re.split(rf",\s*(?={_NAME})(?=[A-Za-z])|\s+(?=[A-Za-z])", text)
    if len(parts) < 2 or not all(_is_valid(part) for part in parts):
        return None
    return " ".join(f'"{part}"' if re.search(r"[<>!~*\s]", part) else part for part in parts)


def _without_command(text: str) -> str:
    return re.sub(r"^!?\s*(?:python\d?(?:\.\d+)? -m )?(?:uv )?(?:pip\d?|conda|mamba)(?:\.exe)? install\s+(?:-[Uqy]\s+|--upgrade\s+)*", "", text)


def _operators(text: str) -> str:
    text = re.sub(r"([<>=!~])\s+(?==)", r"\1", text)
    text = re.sub(r"=([<>~])(?!=)", r"\1=", text)
    return re.sub(r"([<>~!])==+", r"\1=", text)


def _single_equals(text: str) -> str:
    """conda's "name=version=build" and "name=version"."""
    found = re.fullmatch(rf"{_HEAD}\s*=\s*({_VERSION})(?:=[^=\s,]+)?", text)
    if found:
        return f"{found[1].strip()}=={found[2]}"
    return re.sub(rf"(?<![=<>!~])=(?![=<>~])\s*(?={_VERSION})", "==", text)


def _missing_operator(text: str) -> str:
    """ "torch 1.13", "torch@1.13", "torch:1.13", and npm's "latest"."""
    text = re.sub(rf"^{_HEAD}\s*(?:==|@|:|\s)\s*latest$", r"\1", text)
    return re.sub(rf"^{_HEAD}(?:\s+|\s*[@:]\s*)({_VERSION})$", r"\1==\2", text)


def _caret(text: str) -> str:
    from drivetrain.formats.poetry_version import specifier_of

    def mended(found: re.Match[str]) -> str:
        return specifier_of(found[0]) or found[0]

    return re.sub(rf"(?<![~<>=!])[\^~](?!=)\s*{_VERSION}", mended, text)


def _missing_commas(text: str) -> str:
    """ ">=1.0<2.0" and ">=1.0 <2.0"."""
    start = re.search(r"[<>=!~]", text)
    if not start:
        return text
    return text[: start.start()] + re.sub(r"(?<=[\w*])\s*(?=(?:[<>]=?|[=!~]=)\s*v?\d)", ",", text[start.start() :])


def _version_forms(text: str) -> str:
    text = re.sub(r"(?<=\d)\.[xX]\b(?:\.[xX]\b)*", ".*", text)
    text = re.sub(r"(\.\*)(?:\.\*)+", r"\1", text)
    # Only == and != take a prefix or a build; an ordered comparison means the number before it.
    text = re.sub(r"((?:<=|>=|<|>|~=)\s*[^,\s]*?)(?:\.\*|\+[A-Za-z0-9.]+)(?=,|\s|$)", r"\1", text)
    return re.sub(r"((?:==|!=)\s*\d+(?:\.\d+)*)[-_ ]?(cu\d+|cpu)\b", r"\1+\2", text)


_MENDS: tuple[Callable[[str], str], ...] = (_without_command, _operators, _single_equals, _missing_operator, _caret, _missing_commas, _version_forms)


def _is_valid(text: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        parsed = Requirement(text)
    except (InvalidRequirement, RecursionError):
        return False
    return not parsed.url or "/" in parsed.url
