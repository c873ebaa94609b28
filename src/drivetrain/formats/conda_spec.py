"""Takes a conda match specification apart, and gives the PEP 440 specifier of its version.

Source: https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html#package-match-specifications.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_OUTSIDE = re.compile(r"(?:(?P<channel>[^\s:\[]+)::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(?P<rest>.*)", re.DOTALL)
_KEY = re.compile(r"""(\w+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^,\]\s]+))""")


class CondaSpec(NamedTuple):
    """One match specification; "=1.2" is kept apart from "1.2", since only the first is a prefix."""

    name: str
    version: str = ""
    build: str = ""
    channel: str = ""


def spec_of(text: str) -> CondaSpec | None:
    """Reads "channel::name=version=build" in any of its forms; None where it is none."""
    found = _OUTSIDE.fullmatch(re.sub(r"(?<!\s)\s+#.*$", "", text).strip())
    if not found:
        return None
    channel = re.sub(r"/(?:noarch|(?:linux|osx|win)-\w+)$", "", found["channel"] or "")
    name, rest = found["name"].lower(), found["rest"].strip()
    keys: dict[str, str] = {}
    bracket = rest.find("[", rest.rfind("]", 0, -1) + 1) if rest.endswith("]") else -1
    if bracket >= 0:
        keys = {key: single or double or bare for key, single, double, bare in _KEY.findall(rest[bracket:])}
        rest = rest[:bracket].strip()
    version, build = _version_and_build(rest)
    return CondaSpec(name, keys.get("version", version), keys.get("build", build), keys.get("channel", channel))


def _version_and_build(rest: str) -> tuple[str, str]:
    rest = re.sub(r"([<>=!~]=?|[,|])\s+", r"\1", re.sub(r"(?<!\s)\s+(?=[,|])", "", rest))
    words = rest.split()
    if not words:
        return "", ""
    # "=1.2=build" and "==1.2=build": the build begins at an equals sign that stands after a version.
    found = re.fullmatch(r"(=?=?[^=<>!~|,]+)=(?!=)(.*)", words[0])
    if found:
        return found[1], found[2]
    return words[0], words[1] if len(words) > 1 else ""


def pep440_of(version: str) -> str | None:
    """Gives the specifier of a conda version; "" for any, None for what PEP 440 cannot say ("1.1.1k", alternatives)."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    parts = [part.strip() for part in version.strip("()").split(",") if part.strip()]
    made = ",".join(filter(None, (_part(part) for part in parts)))
    try:
        SpecifierSet(made)
    except InvalidSpecifier:
        return None
    return made


def alternatives(version: str) -> list[str]:
    """Gives the alternatives of "1.20|1.21"; a single "=" before the first is meant of each."""
    prefix = "=" if re.match(r"=(?!=)", version) else ""
    return [prefix + part if re.match(r"\d", part) else part for part in (part.strip() for part in version.split("|"))]


def _part(part: str) -> str:
    found = re.fullmatch(r"(==|!=|>=|<=|~=|=|<|>)?\s*(.*)", part)
    operator, number = (found[1] or "", found[2]) if found else ("", part)
    if number in ("", "*"):
        return ""
    starred = number.endswith("*")
    number = number.rstrip("*").rstrip(".")
    if operator in ("", "=", "==", "!="):
        prefix = starred or operator == "="
        return f"{'!=' if operator == '!=' else '=='}{number}{'.*' if prefix else ''}"
    return f"{operator}{number}"


def cuda_of_build(build: str) -> str | None:
    """Gives the CUDA in a build string: "py3.10_cuda11.7_cudnn8.5.0_0" of the pytorch channel, "cuda112py310h..." of conda-forge."""
    found = re.search(r"cuda_?(\d+)\.(\d+)", build) or re.search(r"cuda_?(\d\d)(\d)(?!\d)", build)
    return f"{found[1]}.{found[2]}" if found else None
