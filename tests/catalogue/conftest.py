"""Fixtures of the catalogue's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from index_server import Index, served

from drivetrain.catalogue.refresh.client import Client


@pytest.fixture
def index() -> Iterator[Index]:
    """An empty index that is being served."""
    served_index = Index()
    server = served(served_index)
    yield served_index
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client that waits but a moment before it tries again, and knows no proxy of this machine."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Client(pause_seconds=0.01, timeout_seconds=5) as opened:
        yield opened
