"""Asks each package index whether it answers."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener, url2pathname

from msgspec.structs import replace

from drivetrain.errors import EngineError
from drivetrain.model.machine import Index
from drivetrain.probe.configuration import DEFAULT, pip_settings_here

if TYPE_CHECKING:
    from drivetrain.formats.pip_configuration import PipSettings


def reachable(indexes: tuple[Index, ...], timeout_seconds: float) -> tuple[Index, ...]:
    """Gives the indexes with `reachable` filled in; all are asked at the same time, and what has not answered by then does not answer.

    In threads that nobody waits for: looking up a host name can take longer than any time-out that is set on the connection.
    """
    pip, answers = pip_settings_here(), dict[int, bool | None]()

    def ask(number: int, index: Index) -> None:
        answers[number] = answers_from(index, timeout_seconds, pip)

    threads = [threading.Thread(target=ask, args=each, daemon=True) for each in enumerate(indexes)]
    deadline = time.monotonic() + 2 * timeout_seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return tuple(replace(each, reachable=answers.get(number, False)) for number, each in enumerate(indexes))


def answers_from(index: Index, timeout_seconds: float, pip: PipSettings) -> bool | None:
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
        return Path(url2pathname(parts.path) if parts.scheme == "file" else url).expanduser().exists()
    return _server_answers(url, timeout_seconds, pip)


def _server_answers(url: str, timeout_seconds: float, pip: PipSettings) -> bool:
    handlers = [_with_certificates(pip.cert)] if url.startswith("https:") else []
    proxy = [ProxyHandler({"http": pip.proxy, "https": pip.proxy})] if pip.proxy else []
    # With a slash: without one some servers answer with a redirect to another host.
    request = Request(url.rstrip("/") + "/", method="HEAD", headers={"User-Agent": "drivetrain"})
    try:
        with build_opener(*handlers, *proxy).open(request, timeout=timeout_seconds):
            return True
    except HTTPError as error:
        error.close()
        return error.code < 500
    except (OSError, ValueError):
        return False


def _with_certificates(cert: str | None) -> HTTPSHandler:
    import ssl

    path = Path(cert) if cert else None
    return HTTPSHandler(context=ssl.create_default_context(cafile=cert if path and path.is_file() else None, capath=cert if path and path.is_dir() else None))
