"""Which places a refresh reads, and how it reaches them: as pip's and uv's files, variables and flags have it."""

from __future__ import annotations

import os

import pytest

from drivetrain.formats.pip_configuration import PipSettings
from drivetrain.install.settings import EngineSettings
from drivetrain.model.documents import FrozenMap
from drivetrain.workflows.indexes import configured_places, ways_of


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("UV_", "PIP_", "SSL_CERT")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://index.example/simple")


def test_flags_come_before_uv_before_pip_and_the_default_last() -> None:
    settings = EngineSettings(
        indexes=("https://flag.example/simple",),
        find_links=("https://links.example/page.html",),
        uv=FrozenMap({"index": [{"url": "https://uv.example/simple", "name": "own"}], "extra-index-url": ["https://more.example/simple/"]}),
        pip=PipSettings(extra_index_urls=("https://pip.example/simple", "https://uv.example/simple"), find_links=("https://pip.example/wheels",)),
    )
    places = configured_places(settings)
    names = ("flag", "uv", "more", "pip", "index")
    assert [each.rstrip("/") for each in places.indexes] == [f"https://{name}.example/simple" for name in names], "each once"
    assert places.find_links == ("https://links.example/page.html", "https://pip.example/wheels")


def test_an_index_that_stands_for_the_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    assert configured_places(EngineSettings(pip=PipSettings(index_url="https://mirror.example/simple"))).indexes == ("https://mirror.example/simple",)


def test_no_index_leaves_the_folders() -> None:
    places = configured_places(EngineSettings(pip=PipSettings(no_index=True, find_links=("/wheels",))))
    assert (places.indexes, places.find_links) == ((), ("/wheels",))


def test_passwords_of_variables_and_addresses_are_used_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX_OWN_HOUSE_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_OWN_HOUSE_PASSWORD", "s@cret")
    uv = FrozenMap({"index": [{"url": "https://uv.example/simple", "name": "own-house"}]})
    places = configured_places(EngineSettings(uv=uv, pip=PipSettings(extra_index_urls=("https://you:word@pip.example/simple",))))
    assert places.indexes[:2] == ("https://me:s%40cret@uv.example/simple", "https://you:word@pip.example/simple")
    assert places.shown == ("https://uv.example/simple", "https://pip.example/simple", "https://index.example/simple")


def test_certificates_proxies_and_trusted_hosts() -> None:
    pip = PipSettings(cert="/etc/own.pem", proxy="proxy.example:3128", trusted_hosts=("inside.example", "other.example:8080"))
    ways = ways_of(EngineSettings(pip=pip))
    assert ways.authority == "/etc/own.pem"
    assert dict(ways.proxies) == {"http": "http://proxy.example:3128", "https": "http://proxy.example:3128"}
    assert ways.trusted == ("inside.example", "other.example")
