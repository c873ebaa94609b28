"""Takes a URL, VCS reference or local path typed as a requirement apart.

Source: https://packaging.python.org/en/latest/specifications/version-specifiers/#direct-references and https://pip.pypa.io/en/stable/topics/vcs-support/.
"""

from __future__ import annotations

import re

from drivetrain.model.request import Wish

ARCHIVES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")
"""What pip and uv install from: wheels and source archives."""

_SCHEME = re.compile(r"(?:git|hg|svn|bzr)\+|[A-Za-z][A-Za-z0-9+.\-]+://|file:", re.IGNORECASE)
_NAMED = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[^\]]*\])?\s*@")
_SCP = re.compile(r"(?:-e\s+)?(?:git\+)?(?:ssh://)?([\w.-]+)@([\w.-]+):(?!\d+/)([^/\s][^\s]*)")
_EXTRAS = re.compile(r"(.*[^\s])\[([A-Za-z0-9._,\s-]*)\]", re.DOTALL)


def reference_of(text: str) -> Wish | None:
    """Reads a bare URL or path; None for anything else. The name is empty where only building it would tell."""
    url = _SCHEME.match(text) is not None
    if not url and (_NAMED.match(text) or not is_path(text)):
        return None
    # A semicolon may stand inside a URL, so there only one beside a space begins a marker (PEP 508).
    place, *marker = re.split(r"\s+;\s*|;\s+" if url else r"\s*;\s*", text, maxsplit=1)
    extras: tuple[str, ...] = ()
    found = _EXTRAS.fullmatch(place)
    if found:
        from packaging.utils import canonicalize_name

        place = found[1]
        extras = tuple(sorted({str(canonicalize_name(each.strip())) for each in found[2].split(",") if each.strip()}))
    name, more = _fragment(place)
    return Wish(name=name or _name_of_file(place), url=place, extras=extras or more, marker=_marker(marker[0]) if marker else "")


def is_path(text: str) -> bool:
    """Tells whether the text, up to its marker, means a file or folder."""
    head = re.sub(r"\[[^\]]*\]$", "", text.partition(";")[0].strip())
    if _SCHEME.match(head):
        return False
    if head in (".", "..", "~") or head.startswith(("./", "../", ".\\", "..\\", "/", "\\", "~/", "~\\")):
        return True
    if re.match(r"[A-Za-z]:[\\/]", head):
        return True
    if re.search(r"[=<>!~\s]", head) and not head.lower().endswith(ARCHIVES):
        return False
    return "/" in head or "\\" in head or head.lower().endswith(ARCHIVES)


def scp_as_url(text: str) -> str | None:
    """Gives the URL that git's short form ("git@host:owner/repository") stands for; pip and uv do not read the short form."""
    found = _SCP.fullmatch(text)
    return f"git+ssh://{found[1]}@{found[2]}/{found[3]}" if found and "://" not in found[3] else None


def _marker(text: str) -> str:
    """The marker as `packaging` writes it; one that it cannot read stays as typed, for the caller to refuse."""
    from packaging.markers import InvalidMarker, Marker

    try:
        return str(Marker(text))
    except (InvalidMarker, RecursionError):
        return text.strip()


def _fragment(url: str) -> tuple[str, tuple[str, ...]]:
    """The name and extras of "#egg=name[extra]"."""
    from packaging.utils import canonicalize_name

    found = re.search(r"[#&]egg=([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?", url)
    if not found:
        return "", ()
    extras = tuple(sorted({str(canonicalize_name(each.strip())) for each in (found[2] or "").split(",") if each.strip()}))
    return str(canonicalize_name(found[1])), extras


def _name_of_file(place: str) -> str:
    from urllib.parse import unquote

    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    file = unquote(re.split(r"[\\/]", re.split(r"[?#]", place)[0])[-1])
    try:
        if file.endswith(".whl"):
            return str(parse_wheel_filename(file)[0])
        if file.endswith((".tar.gz", ".zip")):
            return str(parse_sdist_filename(file)[0])
    except (InvalidWheelFilename, InvalidSdistFilename):
        pass
    return ""
