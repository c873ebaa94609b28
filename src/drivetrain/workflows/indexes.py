"""Gives the places that pip and uv on this machine take packages from, credentials included, and how they are reached."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlsplit

from drivetrain.catalogue.refresh.client import Ways
from drivetrain.catalogue.refresh.default_index import default_index
from drivetrain.catalogue.refresh.reading import Places
from drivetrain.formats.uv_configuration import uv_settings
from drivetrain.install.configuration import configuration, environment
from drivetrain.install.settings import EngineSettings


def configured_places(settings: EngineSettings) -> Places:
    """Gives indexes (those of flags, of variables, of uv, of pip, the default one last) and find-links, each once."""
    table, variables = configuration(settings), uv_settings((), os.environ)
    links = (*table.get("find-links", ()), *(each.url for each in variables.find_links))
    if table.get("no-index"):
        return Places((), tuple(dict.fromkeys(links)))
    own = [each for each in table.get("index", ()) if isinstance(each, dict)]
    default = next((each.url for each in variables.indexes if each.default), None) or next((str(each["url"]) for each in own if each.get("default")), None)
    named = [(each.name, each.url) for each in variables.indexes if not each.default]
    named += [(str(each.get("name", "")), str(each["url"])) for each in own if not each.get("default")]
    every = (*(_with_password(name, url, os.environ) for name, url in named), default or default_index())
    return Places(tuple(_unlike(every)), tuple(dict.fromkeys(links)))


def ways_of(settings: EngineSettings) -> Ways:
    """Gives certificates, proxies and trusted hosts as the configuration has them."""
    variables = environment(settings, {})
    proxies = tuple((scheme, variables[name]) for scheme, name in (("http", "HTTP_PROXY"), ("https", "HTTPS_PROXY")) if name in variables)
    hosts = (*settings.uv.get("allow-insecure-host", ()), *settings.pip.trusted_hosts)
    return Ways(
        authority=variables.get("SSL_CERT_FILE") or variables.get("SSL_CERT_DIR"),
        proxies=proxies,
        trusted=tuple(str(each).rpartition("//")[2].partition(":")[0] for each in hosts),
    )


def _with_password(name: str, url: str, variables: Mapping[str, str]) -> str:
    """Adds the name and password that uv takes from variables for an index with a name."""
    key = f"UV_INDEX_{name.upper().replace('-', '_').replace('.', '_')}"
    user, password = variables.get(f"{key}_USERNAME", ""), variables.get(f"{key}_PASSWORD", "")
    parts = urlsplit(url)
    if not name or not (user or password) or parts.username is not None:
        return url
    return parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}").geturl()


def _unlike(urls: tuple[str, ...]) -> Iterator[str]:
    seen = set()
    for url in urls:
        if url.rstrip("/") not in seen:
            seen.add(url.rstrip("/"))
            yield url
