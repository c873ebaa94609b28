"""Asks each package index whether it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, url2pathname, urlopen

from msgspec.structs import replace

from drivetrain.errors import EngineError
from drivetrain.model.machine import Index
from drivetrain.probe.configuration import DEFAULT, pip_settings_here

if TYPE_CHECKING:
    from ssl import SSLContext


def reachable(indexes: tuple[Index, ...], timeout_seconds: float) -> tuple[Index, ...]:
    """Gives the indexes with `reachable` filled in; all are asked at the same time, each within the time-out."""
    with ThreadPoolExecutor(max_workers=max(1, len(indexes))) as pool:
        answers = pool.map(lambda each: answers_from(each, timeout_seconds), indexes)
        return tuple(replace(each, reachable=answer) for each, answer in zip(indexes, answers, strict=True))


def answers_from(index: Index, timeout_seconds: float) -> bool | None:
    """Tells whether a folder is there, or whether a server answers at all: one that asks for a password is reachable; None where its address is not known."""
    url = index.name
    if index.kind == "conda" and "://" not in url:
        return None
    if url == DEFAULT:
        from drivetrain.catalogue.refresh.default_index import default_index

        try:
            url = default_index()
        except EngineError:
            return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return Path(url2pathname(parts.path) if parts.scheme == "file" else url).exists()
    # With a slash: without one some servers answer with a redirect to another host.
    request = Request(url.rstrip("/") + "/", method="HEAD", headers={"User-Agent": "drivetrain"})
    try:
        with urlopen(request, timeout=timeout_seconds, context=_context() if parts.scheme == "https" else None):
            return True
    except HTTPError as error:
        return error.code < 500
    except (URLError, OSError, ValueError):
        return False


def _context() -> SSLContext:
    import ssl

    cert = pip_settings_here().cert
    return ssl.create_default_context(cafile=cert if cert and Path(cert).is_file() else None, capath=cert if cert and Path(cert).is_dir() else None)
