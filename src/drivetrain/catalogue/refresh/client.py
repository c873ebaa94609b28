"""Fetches documents and byte spans from package indexes over kept-alive connections, with retries, and from file: URLs.

`http.client` rather than a library: one connection per thread and host is all that is needed, and the standard library gives it without a
dependency. urllib.request closes the connection after each reply, which costs a TLS handshake per wheel.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import http.client
import netrc
import os
import random
import socket
import ssl
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass, url2pathname

from msgspec import Struct

from drivetrain import __version__
from drivetrain.errors import IndexUnreachable
from drivetrain.words import say

_PASSING = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
WHOLE_FILE_LIMIT = 20_000_000
"""A server that ignores ranges sends the whole wheel; a larger one is left unread rather than downloaded."""
WHOLE_FILES_LIMIT = 500_000_000
"""And of all wheels together no more than this: what the rest requires stays unknown."""


class Reply(Struct, frozen=True):
    """What a server said; `start` is the offset of the body in the file, `total` the file's size where the server told it."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str
    start: int = 0
    total: int | None = None
    withheld: bool = False
    """Nothing usable came: the file is not there or not for us, or the server ignored the range and would have sent the whole of a large file."""


class Ways(Struct, frozen=True, kw_only=True):
    """How the user's configuration reaches the network; what it does not say is taken from the system."""

    authority: str | None = None
    """File or folder of certificates."""
    proxies: tuple[tuple[str, str], ...] = ()
    """(scheme, address)."""
    trusted: tuple[str, ...] = ()
    """Hosts whose certificate is not asked for, as `trusted-host` says."""


class Client:
    """Connections to indexes, closed at the end of its `with`; safe to share between threads."""

    def __init__(self, *, timeout_seconds: float = 20.0, attempts: int = 4, pause_seconds: float = 0.5, ways: Ways | None = None) -> None:
        self._timeout = timeout_seconds
        self._attempts = attempts
        self._pause = pause_seconds
        self._ways = ways or Ways()
        self._authority = self._ways.authority or os.environ.get("SSL_CERT_FILE") or os.environ.get("PIP_CERT")
        self._stopped = threading.Event()
        self._whole_bytes = 0
        self._local = threading.local()
        self._trust: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        self._proxies = {**getproxies(), **dict(self._ways.proxies)}
        self._connections: set[http.client.HTTPConnection] = set()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._local = threading.local()

    def stop(self) -> None:
        """Breaks off what is under way in every thread; nothing is tried again."""
        self._stopped.set()
        with self._lock:
            opened = list(self._connections)
        for connection in opened:
            with contextlib.suppress(OSError):
                if connection.sock is not None:
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def document(self, url: str, *, accept: str = "*/*") -> Reply:
        """Gives a whole document; a status of 404 is returned, everything else that is not 200 raises IndexUnreachable."""
        if url.startswith("file:"):
            return _local_document(url)
        reply = self._reply(url, {"Accept": accept, "Accept-Encoding": "gzip"}, limit=None)
        if reply.status not in (200, 404):
            raise IndexUnreachable(say("{url} answered with status {status}", url=shown(url), status=reply.status), _check_the_index())
        return reply

    def span(self, url: str, start: int | None, end: int | None, *, suffix: int = 0) -> Reply:
        """Gives the bytes from `start` up to but not including `end`, or the last `suffix` bytes; more than that where the server ignores ranges."""
        if url.startswith("file:"):
            return _local_span(url, start, end, suffix)
        wanted = f"bytes=-{suffix}" if start is None else f"bytes={start}-{'' if end is None else end - 1}"
        reply = self._reply(url, {"Range": wanted, "Accept-Encoding": "identity"}, limit=WHOLE_FILE_LIMIT)
        if reply.status == 206:
            span, _, total = reply.headers.get("content-range", "").removeprefix("bytes ").partition("/")
            return Reply(206, reply.body, reply.headers, reply.url, int(span.partition("-")[0]), int(total) if total.isdigit() else None)
        # One wheel that cannot be had (moved, forbidden) leaves its release unread; it does not end the refresh.
        return Reply(reply.status, reply.body, reply.headers, reply.url, 0, len(reply.body), reply.withheld or reply.status != 200)

    def _reply(self, url: str, headers: dict[str, str], limit: int | None) -> Reply:
        trouble: object = ""
        for attempt in range(self._attempts):
            if attempt:
                self._stopped.wait(self._pause * 2 ** (attempt - 1) * (0.5 + random.random()))
            if self._stopped.is_set():
                break
            try:
                reply = self._followed(url, headers, limit)
            except (OSError, http.client.HTTPException) as error:
                self._drop(urlsplit(url))
                trouble = error
                continue
            if reply.status not in _PASSING:
                return reply
            trouble = say("status {status}", status=reply.status)
            self._stopped.wait(_asked_pause(reply.headers))
        raise IndexUnreachable(say("{url} does not answer: {trouble}", url=shown(url), trouble=trouble), _check_the_index())

    def _followed(self, url: str, headers: dict[str, str], limit: int | None) -> Reply:
        for _ in range(6):
            reply = self._once(url, headers, limit)
            target = reply.headers.get("location")
            if reply.status not in _REDIRECTS or target is None:
                return reply
            url = urljoin(url, target)
        raise http.client.HTTPException(say("too many redirects"))

    def _once(self, url: str, headers: dict[str, str], limit: int | None) -> Reply:
        parts = urlsplit(url)
        connection = self._connection(parts)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"User-Agent": f"drivetrain/{__version__}", **_credentials(parts), **headers})
        response = connection.getresponse()
        if limit is not None and response.status == 200 and not self._allows(response.length, limit):
            self._drop(parts)
            return Reply(200, b"", {}, url, withheld=True)
        body = response.read()
        got = {name.lower(): value for name, value in response.getheaders()}
        if got.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return Reply(response.status, body, got, url)

    def _allows(self, whole: int | None, limit: int) -> bool:
        """Tells whether a whole file may be downloaded where a piece of it was asked for."""
        if whole is None or whole > limit:
            return False
        with self._lock:
            self._whole_bytes += whole
            return self._whole_bytes <= WHOLE_FILES_LIMIT

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        connections: dict[tuple[str, str], http.client.HTTPConnection] = self._local.__dict__.setdefault("connections", {})
        place = (parts.scheme, parts.netloc)
        if place not in connections:
            connections[place] = self._opened(parts)
            with self._lock:
                self._connections.add(connections[place])
        return connections[place]

    def _opened(self, parts: SplitResult) -> http.client.HTTPConnection:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        via = None if proxy_bypass(host) else self._proxies.get(parts.scheme)
        proxy = urlsplit(via if "://" in via else f"http://{via}") if via else None
        address = (proxy.hostname or "", proxy.port or 80) if proxy else (host, port)
        if parts.scheme != "https":
            # A plain proxy takes the absolute URL; a tunnel works with every proxy that allows CONNECT and keeps one code path.
            connection = http.client.HTTPConnection(*address, timeout=self._timeout)
        else:
            connection = http.client.HTTPSConnection(*address, timeout=self._timeout, context=self._trusted(host))
        if proxy:
            connection.set_tunnel(host, port, _credentials(proxy, "Proxy-Authorization"))
        return connection

    def _trusted(self, host: str) -> ssl.SSLContext:
        if host in self._ways.trusted:
            return ssl._create_unverified_context()
        # Reading the certificates takes 20 ms or more, so the threads share one context.
        with self._lock:
            if self._trust is None:
                folder = self._authority if self._authority and Path(self._authority).is_dir() else None
                self._trust = ssl.create_default_context(cafile=None if folder else self._authority, capath=folder)
            return self._trust

    def _drop(self, parts: SplitResult) -> None:
        connection = self._local.__dict__.get("connections", {}).pop((parts.scheme, parts.netloc), None)
        if connection is not None:
            connection.close()
            with self._lock:
                self._connections.discard(connection)


def shown(url: str) -> str:
    """Gives the URL without the user's name and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def path_of(url: str) -> Path:
    """Gives the path of a file: URL."""
    return Path(url2pathname(urlsplit(url).path))


def _check_the_index() -> str:
    return say("check the index in pip's or uv's configuration and the network, or go on with --offline")


def _credentials(parts: SplitResult, header: str = "Authorization") -> dict[str, str]:
    """Gives the header for the name and password in the URL, else those of the user's netrc, as pip and uv take them."""
    user, password = (parts.username, parts.password) if parts.username is not None else _of_netrc(parts.hostname or "")
    if user is None:
        return {}
    secret = f"{user}:{password or ''}" if parts.username is None else f"{unquote(user)}:{unquote(password or '')}"
    return {header: f"Basic {base64.b64encode(secret.encode()).decode()}"}


@cache
def _of_netrc(host: str) -> tuple[str | None, str | None]:
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except (OSError, netrc.NetrcParseError):
        return None, None
    return (found[0], found[2]) if found else (None, None)


def _asked_pause(headers: Mapping[str, str]) -> float:
    asked = headers.get("retry-after", "")
    return min(float(asked), 30.0) if asked.isdigit() else 0.0


def _local_document(url: str) -> Reply:
    path = path_of(url)
    path = path / "index.html" if path.is_dir() else path
    return Reply(200, path.read_bytes(), {"content-type": "text/html"}, url) if path.is_file() else Reply(404, b"", {}, url)


def _local_span(url: str, start: int | None, end: int | None, suffix: int) -> Reply:
    path = path_of(url)
    try:
        total = path.stat().st_size
        first = max(0, total - suffix) if start is None else start
        with path.open("rb") as stream:
            stream.seek(first)
            return Reply(206, stream.read(-1 if end is None else end - first), {}, url, first, total)
    except OSError as error:
        raise IndexUnreachable(say("{url} cannot be read: {trouble}", url=url, trouble=error), _check_the_index()) from None
