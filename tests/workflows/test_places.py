"""Which places count: asked once a day, remembered, never with --offline; and what lies in find-links folders."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from drivetrain.model.build import Framework
from drivetrain.model.machine import Index
from drivetrain.model.request import Request, Wish
from drivetrain.probe import described
from drivetrain.solve.aim import places_of as planned_from
from drivetrain.workflows.engine import places_of
from drivetrain.workflows.facts import wheels_in
from drivetrain.workflows.reach import CONDA_FORGE, answering, channel_of


class Quiet(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        Quiet.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_HEAD(self) -> None:
        Quiet.asked += 1
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *values: object) -> None:
        return


@pytest.fixture
def place() -> Iterator[str]:
    Quiet.asked = 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/whl/"
    server.shutdown()
    server.server_close()
    thread.join()


NOWHERE = "http://127.0.0.1:9/conda-forge"


def framework(url: str) -> Framework:
    return Framework(name="demo", distribution="demo", title="Demo", import_name="demo", wheel_index=("demo", url + "{build}"))


def test_a_place_is_asked_once_and_remembered(place: str, tmp_path: Path) -> None:
    frameworks = (framework(place),)
    assert answering(frameworks, tmp_path, offline=True, channel=NOWHERE) == ()
    assert Quiet.asked == 0
    found = answering(frameworks, tmp_path, offline=False, channel=NOWHERE)
    assert [(each.name, each.reachable) for each in found] == [(place.rstrip("/"), True)]
    assert [each.name for each in answering(frameworks, tmp_path, offline=True, channel=NOWHERE)] == [place.rstrip("/")]
    assert Quiet.asked == 1


def test_a_place_that_does_not_answer_does_not_count(tmp_path: Path) -> None:
    assert answering((framework("http://127.0.0.1:9/whl/"),), tmp_path, offline=False, channel=NOWHERE) == ()


def test_conda_forge_counts_where_it_answers_at_all(place: str, tmp_path: Path) -> None:
    mirror = place.replace("/whl/", "/anaconda/cloud/conda-forge/")
    channel = channel_of((Index(kind="conda", name="defaults"), Index(kind="conda", name=mirror)))
    assert channel == mirror
    found = answering((), tmp_path, offline=False, channel=channel)
    assert [(each.kind, each.name) for each in found] == [("conda", mirror.rstrip("/"))]
    machine = structs.replace(described(os="linux", gpus=("RTX 4090",), driver="560"), described=False, indexes=found)
    assert "conda-forge" in planned_from(Request(wishes=(Wish(name="torch"),)), machine, ())
    assert "conda-forge" not in planned_from(Request(wishes=(Wish(name="torch"),), sources="index"), machine, ())
    assert "conda-forge" not in planned_from(Request(wishes=(Wish(name="torch"),), engine="pip"), machine, ())


def test_a_channel_of_the_configuration_counts_only_once_it_has_answered(tmp_path: Path) -> None:
    configured = Index(kind="conda", name="conda-forge")
    assert channel_of((configured,)) == CONDA_FORGE
    machine = structs.replace(described(os="linux", gpus=("RTX 4090",), driver="560"), described=False, indexes=(configured,))
    assert "conda-forge" not in planned_from(Request(wishes=(Wish(name="torch"),)), machine, ())


def test_damaged_memory_is_forgotten(place: str, tmp_path: Path) -> None:
    (tmp_path / "reach.json").write_text("{")
    assert len(answering((framework(place),), tmp_path, offline=False, channel=NOWHERE)) == 1


def test_other_builds_lie_in_find_links_folders(tmp_path: Path) -> None:
    for name in ("demo-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", "demo-2.13.0-cp311-cp311-linux_x86_64.whl", "not+a-wheel.whl", "x.txt"):
        (tmp_path / name).write_bytes(b"123")
    (found,) = wheels_in(str(tmp_path))
    assert (found.distribution, found.version, found.local, found.place) == ("demo", "2.13.0", "cpu", f"find-links:{tmp_path}")
    assert (found.wheel.tags, found.wheel.bytes) == ("cp311-cp311-manylinux_2_28_x86_64", 3)
    assert len(list(wheels_in(tmp_path.as_uri()))) == 1
    assert list(wheels_in(str(tmp_path / "nowhere"))) == []


def test_a_place_is_known_by_its_name_in_either_language() -> None:
    assert dict(places_of((framework("https://demo.example/whl/"),))) == {
        "Demo's index": "https://demo.example/whl/{build}",
        "Demo 的索引": "https://demo.example/whl/{build}",
    }
