"""The file that an answer of the audit points to, as a path below the prefix and as a URI (RFC 3986, RFC 8089)."""

from __future__ import annotations

import re
from urllib.parse import quote

from msgspec import Struct

from drivetrain.model.outcome import Audit, Evidence, Outcome

_ABSOLUTE = re.compile(r"(?:/|[A-Za-z]:[\\/]|\\\\)")
_TEXTS = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}
_PLAIN = "/-._~!$&'()*+,;=@"


class Artifact(Struct, frozen=True, kw_only=True):
    """One file of an environment or of the machine around it."""

    path: str
    """Relative to the prefix, "/" between parts; as it is where it lies elsewhere; empty for the prefix itself."""
    line: int = 1

    @property
    def is_outside(self) -> bool:
        """Whether it lies outside the prefix."""
        return bool(_ABSOLUTE.match(self.path)) or self.path.startswith("../")

    @property
    def uri(self) -> str:
        """Its URI, relative to the prefix unless it lies elsewhere."""
        return uri_of(self.path) if self.path else "./"


def artifact_of(audit: Audit, outcome: Outcome) -> Artifact:
    """Gives the file that an answer is about: its first evidence that is one, else the metadata of its distribution, else the prefix."""
    first = next((each for each in outcome.evidence if each.path), None)
    if first is not None:
        return evidence_artifact(audit, first)
    entry = audit.metadata.get(outcome.about)
    return Artifact(path=_placed(audit, entry) if entry else "")


def evidence_artifact(audit: Audit, evidence: Evidence) -> Artifact:
    """Gives the file that one piece of evidence names."""
    return Artifact(path=_placed(audit, evidence.path or ""), line=max(1, evidence.line or 1))


def _placed(audit: Audit, path: str) -> str:
    """Gives the path below the prefix; of a distribution's folder, the file in it that says what it is."""
    inside = next((text for ending, text in _TEXTS.items() if path.endswith(ending)), "")
    return joined(audit.site_packages, f"{path}/{inside}" if inside else path)


def uri_of(path: str) -> str:
    """Gives a path as a URI: `file:` for an absolute one, else a relative reference."""
    slashed = path.replace("\\", "/") if re.match(r"[A-Za-z]:|\\\\", path) else path
    quoted = quote(slashed, safe=_PLAIN, errors="surrogateescape")
    if slashed.startswith("//"):
        return f"file:{quoted}"
    if _ABSOLUTE.match(slashed):
        return f"file://{quoted}" if slashed.startswith("/") else f"file:///{slashed[0]}:{quote(slashed[2:], safe=_PLAIN, errors='surrogateescape')}"
    return quoted


def joined(folder: str, path: str) -> str:
    """Gives the path below a folder, without "." and ".." where they can be resolved; an absolute path stays."""
    if _ABSOLUTE.match(path) or not folder:
        return path
    parts: list[str] = []
    for each in f"{folder}/{path}".split("/"):
        if each == ".." and parts and parts[-1] not in ("..", ""):
            parts.pop()
        elif each != "." and (each or not parts):
            parts.append(each)
    return "/".join(parts) or "."
