"""Reads the pages of a package index into files; source: the simple repository API (PEP 503, 592, 629, 658, 691, 700, 714).

The page of one project is asked for as JSON and taken as HTML where the server has nothing better; a find-links page or folder is read the same way.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import msgspec
from msgspec import Struct

from drivetrain.catalogue.refresh.client import Client, path_of, shown
from drivetrain.errors import IndexUnreachable
from drivetrain.words import say

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


class IndexFile(Struct, frozen=True):
    """One file that an index lists."""

    filename: str
    url: str
    released: str = ""
    """Day of upload; empty where the page does not say it."""
    bytes: int | None = None
    yanked: bool = False
    requires_python: str = ""
    metadata_offered: bool = False
    """The index serves the METADATA beside the wheel."""


class _JsonFile(Struct, rename="kebab"):
    filename: str
    url: str
    size: int | None = None
    upload_time: str | None = None
    yanked: bool | str = False
    requires_python: str | None = None
    core_metadata: bool | dict[str, str] | None = None
    dist_info_metadata: bool | dict[str, str] | None = None


class _JsonPage(Struct):
    files: list[_JsonFile]


def project_files(client: Client, index: str, name: str) -> tuple[IndexFile, ...]:
    """Gives the files of one project, () where the index does not have it; `name` is already normalised."""
    url = f"{index.rstrip('/')}/{name}/"
    reply = client.document(url, accept=ACCEPT)
    if reply.status == 404:
        return ()
    return files_of(reply.body, reply.headers.get("content-type", ""), reply.url)


def linked_files(client: Client, place: str) -> tuple[IndexFile, ...]:
    """Gives every file of a find-links place: a folder, or a page of links."""
    folder = path_of(place) if place.startswith("file:") else Path(place)
    if "://" not in place or folder.is_dir():
        if not folder.is_dir():
            raise IndexUnreachable(say("{path} is not a folder", path=folder), say("correct find-links in pip's or uv's configuration"))
        return tuple(IndexFile(path.name, path.resolve().as_uri(), bytes=path.stat().st_size) for path in sorted(folder.iterdir()) if path.is_file())
    reply = client.document(place, accept=ACCEPT)
    return () if reply.status == 404 else files_of(reply.body, reply.headers.get("content-type", ""), reply.url)


def files_of(body: bytes, content_type: str, url: str) -> tuple[IndexFile, ...]:
    """Reads one page; raises IndexUnreachable where it is neither of the two formats."""
    if "json" in content_type:
        try:
            page = msgspec.json.decode(body, type=_JsonPage)
        except msgspec.DecodeError as error:
            raise IndexUnreachable(
                say("{url} is no index page: {trouble}", url=shown(url), trouble=error), say("check the index in pip's or uv's configuration")
            ) from None
        return tuple(_of_json(file, url) for file in page.files)
    reader = _Links(url)
    reader.feed(body.decode("utf-8", "replace"))
    return tuple(reader.files)


def _of_json(file: _JsonFile, page: str) -> IndexFile:
    return IndexFile(
        filename=file.filename,
        url=urljoin(page, file.url),
        released=(file.upload_time or "")[:10],
        bytes=file.size,
        yanked=file.yanked is not False,
        requires_python=file.requires_python or "",
        metadata_offered=bool(file.core_metadata or file.dist_info_metadata),
    )


class _Links(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.files: list[IndexFile] = []
        self._base = url

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        target = values.get("href")
        if tag == "base" and target:
            self._base = urljoin(self._base, target)
        if tag != "a" or not target:
            return
        url = urldefrag(urljoin(self._base, target)).url
        offered = values.get("data-core-metadata", values.get("data-dist-info-metadata", "false"))
        self.files.append(
            IndexFile(
                filename=unquote(urlsplit(url).path.rpartition("/")[2]),
                url=url,
                yanked="data-yanked" in values,
                requires_python=values.get("data-requires-python") or "",
                metadata_offered=offered != "false",
            )
        )
