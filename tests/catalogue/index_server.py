"""A package index on this machine for tests: real wheels behind a real HTTP server, which can be made to know less than the standards say."""

from __future__ import annotations

import json
import re
import threading
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import unquote


def wheel(filename: str, requires: Iterable[str] = (), *, ballast: int = 0, after: int = 0) -> bytes:
    """Gives a wheel whose METADATA lists `requires`, with `ballast` bytes of content before it and `after` bytes behind it."""
    name, version = filename.split("-")[:2]
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {each}" for each in requires), "", "Text."]
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"{name}/_vendor/other-1.0.dist-info/METADATA"), "Metadata-Version: 2.1\nName: other\nRequires-Dist: wrong\n")
        if ballast:
            archive.writestr(zipfile.ZipInfo(f"{name}/lib.so"), b"\x7fELF" + b"PK\x01\x02" * (ballast // 4))
        archive.writestr(zipfile.ZipInfo(f"{name}-{version}.dist-info/METADATA"), "\n".join(lines), zipfile.ZIP_DEFLATED)
        for number in range(after // 1000):
            archive.writestr(zipfile.ZipInfo(f"{name}-{version}.dist-info/licenses/{number:0200}"), b"x" * 1000)
    return content.getvalue()


@dataclass
class Published:
    """One file of the index."""

    content: bytes = b""
    uploaded: str = "2025-01-01T00:00:00Z"
    yanked: bool | str = False
    requires_python: str | None = None


@dataclass
class Index:
    """What the server has, what it knows, and what it was asked."""

    projects: dict[str, dict[str, Published]] = field(default_factory=dict)
    html: bool = False
    """Only PEP 503 pages."""
    ranges: bool = True
    suffix_ranges: bool = True
    metadata: bool = False
    """Serves METADATA beside wheels (PEP 658)."""
    password: str = ""
    failures: Counter[str] = field(default_factory=Counter)
    """How often a path still answers 503."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(path, Range header) of every request."""
    served_bytes: int = 0
    url: str = ""

    def publish(self, filename: str, requires: Iterable[str] = (), *, ballast: int = 0, after: int = 0, **about: object) -> None:
        """Puts a wheel on the index; a name that does not end in .whl is an sdist."""
        project = re.sub(r"[-_.]+", "-", filename.rsplit("-", 1)[0] if filename.endswith(".tar.gz") else filename.split("-")[0]).lower()
        content = wheel(filename, requires, ballast=ballast, after=after) if filename.endswith(".whl") else b"an sdist"
        self.projects.setdefault(project, {})[filename] = Published(content, **about)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """Serves /simple/NAME/ and /files/NAME/FILE."""

    protocol_version = "HTTP/1.1"
    index: Index

    def do_GET(self) -> None:
        path = unquote(self.path)
        self.index.asked.append((path, self.headers.get("Range", "")))
        if self.index.failures[path] > 0:
            self.index.failures[path] -= 1
            self._answer(503, b"later", {})
        elif self.index.password and self.headers.get("Authorization") != self.index.password:
            self._answer(401, b"who are you", {})
        elif match := re.fullmatch(r"/simple/([^/]+)/", path):
            self._page(match[1])
        elif match := re.fullmatch(r"/simple/([^/]+)", path):
            self._answer(301, b"", {"Location": f"/simple/{match[1]}/"})
        elif match := re.fullmatch(r"/files/([^/]+)/([^/]+?)(\.metadata)?", path):
            self._file(match[1], match[2], beside=bool(match[3]))
        else:
            self._answer(404, b"", {})

    def _page(self, name: str) -> None:
        if name not in self.index.projects:
            self._answer(404, b"", {})
        elif self.index.html or "json" not in self.headers.get("Accept", ""):
            self._answer(200, self._as_html(name).encode(), {"Content-Type": "text/html; charset=utf-8"})
        else:
            self._answer(200, json.dumps(self._as_json(name)).encode(), {"Content-Type": "application/vnd.pypi.simple.v1+json"})

    def _as_json(self, name: str) -> object:
        files = [
            {
                "filename": filename,
                "url": f"../../files/{name}/{filename}",
                "hashes": {},
                "size": len(file.content),
                "upload-time": file.uploaded,
                "yanked": file.yanked,
                "requires-python": file.requires_python,
                "core-metadata": {"sha256": "0"} if self.index.metadata and filename.endswith(".whl") else False,
            }
            for filename, file in self.index.projects[name].items()
        ]
        return {"meta": {"api-version": "1.1"}, "name": name, "files": files}

    def _as_html(self, name: str) -> str:
        rows = []
        for filename, file in self.index.projects[name].items():
            attributes = f' data-requires-python="{file.requires_python}"'.replace(">", "&gt;") if file.requires_python else ""
            attributes += ' data-yanked=""' if file.yanked is not False else ""
            attributes += ' data-core-metadata="sha256=0"' if self.index.metadata else ""
            rows.append(f'<a href="../../files/{name}/{filename}#sha256=0"{attributes}>{filename}</a><br/>')
        return f"<!DOCTYPE html><html><body><h1>Links for {name}</h1>{''.join(rows)}</body></html>"

    def _file(self, name: str, filename: str, *, beside: bool) -> None:
        file = self.index.projects.get(name, {}).get(filename)
        if file is None or (beside and not self.index.metadata):
            self._answer(404, b"", {})
            return
        if beside:
            with zipfile.ZipFile(BytesIO(file.content)) as archive:
                self._answer(200, archive.read("-".join(filename.split("-")[:2]) + ".dist-info/METADATA"), {})
            return
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        total = len(file.content)
        if asked is None or not self.index.ranges or (not asked[1] and not self.index.suffix_ranges):
            self._answer(200, file.content, {})
            return
        start = int(asked[1]) if asked[1] else max(0, total - int(asked[2]))
        end = min(total, int(asked[2]) + 1) if asked[1] and asked[2] else total
        self._answer(206, file.content[start:end], {"Content-Range": f"bytes {start}-{end - 1}/{total}"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for header, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(header, value)
        self.end_headers()
        try:
            self.wfile.write(body)
            self.index.served_bytes += len(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing: the tests look at `asked`."""


def served(index: Index) -> ThreadingHTTPServer:
    """Starts a server for the index and sets its URL; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"index": index}))
    server.daemon_threads = True
    index.url = f"http://127.0.0.1:{server.server_address[1]}/simple"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server
