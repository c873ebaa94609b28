"""pip's and uv's configuration: against what `pip install` itself would use, and as the machine shows it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from laid_out import Layout

from drivetrain.formats.pip_configuration import PipSettings, pip_settings
from drivetrain.model.machine import Index
from drivetrain.probe import gather
from drivetrain.probe.reachability import answers_from, reachable

HOMES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "nothing": ({}, {}),
    "user": ({".config/pip/pip.conf": "[global]\nindex-url = https://index.example/simple\ntimeout = 60\n"}, {}),
    "legacy and new": ({".pip/pip.conf": "[global]\ntimeout = 5\nretries = 2\n", ".config/pip/pip.conf": "[global]\ntimeout = 6\n"}, {}),
    "global, user and site": (
        {
            "etc/pip/pip.conf": "[global]\nextra-index-url =\n    https://a.index.example/simple\n    https://b.index.example/simple\nno-index = true\n",
            ".config/pip/pip.conf": "[global]\nno_index = false\nfind-links = /srv/wheels\n",
            "prefix/pip.conf": "[global]\ncert = /srv/ca.pem\n[install]\ntimeout = 9\n",
        },
        {},
    ),
    "an install section beats a nearer global one": (
        {"etc/pip/pip.conf": "[install]\nindex-url = https://a.index.example/\n", ".config/pip/pip.conf": "[global]\nindex-url = https://b.index.example/\n"},
        {},
    ),
    "variables": (
        {".config/pip/pip.conf": "[global]\nindex-url = https://a.index.example/\n"},
        {"PIP_INDEX_URL": "https://c.index.example/", "PIP_NO_INDEX": "0"},
    ),
    "an empty variable changes nothing": ({".config/pip/pip.conf": "[global]\nindex-url = https://a.index.example/\n"}, {"PIP_INDEX_URL": ""}),
    "a file of its own": (
        {
            ".config/pip/pip.conf": "[global]\ntimeout = 5\n",
            "etc/pip/pip.conf": "[global]\nretries = 1\n",
            "own.conf": "[global]\nproxy = proxy.example:3128\n",
        },
        {"PIP_CONFIG_FILE": "{home}/own.conf"},
    ),
    "a file of its own that is missing": ({".config/pip/pip.conf": "[global]\ntimeout = 5\n"}, {"PIP_CONFIG_FILE": "{home}/missing.conf"}),
    "no files at all": ({".config/pip/pip.conf": "[global]\ntimeout = 5\n"}, {"PIP_CONFIG_FILE": "/dev/null", "PIP_RETRIES": "7"}),
    "two groups of switches": ({".config/pip/pip.conf": "[global]\npre = on\ntrusted-host = a.example b.example\n[install]\nconstraint = /srv/caps.txt\n"}, {}),
    "an empty value in a nearer file": ({"etc/pip/pip.conf": "[global]\ntimeout = 3\n", ".config/pip/pip.conf": "[global]\ntimeout =\n"}, {}),
    "percent signs and comments": ({".config/pip/pip.conf": "# mine\n[global]\nindex-url = https://kim:p%40ss@index.example/simple\n; more\n"}, {}),
}


def made(home: Path, files: dict[str, str], variables: dict[str, str]) -> dict[str, str]:
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    return {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "XDG_CONFIG_DIRS": str(home / "etc"),
        "VIRTUAL_ENV": str(home / "prefix"),
        **{key: value.format(home=home) for key, value in variables.items()},
    }


PIPS_OWN = """if True:
    import json, os, sys
    from pip._internal.commands import create_command
    names = "index-url extra-index-url find-links no-index trusted-host cert client-cert proxy timeout retries pre constraint".split()
    for environ in json.load(sys.stdin):
        os.environ.clear()
        os.environ.update(environ)
        sys.prefix = environ["VIRTUAL_ENV"]
        parser = create_command("install").parser
        options, _ = parser.parse_args(["x"])
        found = {name: parser.get_option("--" + name) for name in names}
        defaults = {name: None if option.default == ("NO", "DEFAULT") else option.default for name, option in found.items() if option}
        print(repr({name: (getattr(options, found[name].dest), default) for name, default in defaults.items()}))
"""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[str, str], dict[str, Any]]]:
    """Gives, for each home, its variables and what pip's own parser says: option to (what `pip install` would use, pip's default)."""
    pytest.importorskip("pip")
    environs = {name: made(tmp_path_factory.mktemp("home"), *HOMES[name]) for name in HOMES}
    asked = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PIPS_OWN], input=json.dumps(list(environs.values())), capture_output=True, text=True, check=True
    )
    told = [ast.literal_eval(line) for line in asked.stdout.splitlines()]
    return {name: (environ, used) for (name, environ), used in zip(environs.items(), told, strict=True)}


@pytest.mark.parametrize("name", HOMES)
def test_settings_are_those_that_pip_itself_would_use(homes: dict[str, tuple[dict[str, str], dict[str, Any]]], name: str) -> None:
    environ, told = homes[name]
    files = [(path, gather.contents(path)) for _, path in gather.pip_files(gather.Host({"environ": environ, "home": environ["HOME"]}))]
    ours = pip_settings(tuple((path, text.decode()) for path, text in files if text), environ)
    shown: dict[str, Any] = {
        "index-url": ours.index_url,
        "extra-index-url": list(ours.extra_index_urls),
        "find-links": list(ours.find_links),
        "no-index": ours.no_index,
        "trusted-host": list(ours.trusted_hosts),
        "cert": ours.cert,
        "client-cert": ours.client_cert,
        "proxy": ours.proxy,
        "timeout": ours.timeout,
        "retries": ours.retries,
        "pre": ours.pre,
        "constraint": list(ours.constraints),
    }
    for option, (used, default) in told.items():
        assert (shown[option] or default or None) == (used or None), option


def write(layout: Layout, name: str, text: str) -> None:
    (layout.home / name).parent.mkdir(parents=True, exist_ok=True)
    (layout.home / name).write_text(text)


def test_the_machine_shows_indexes_without_credentials(layout: Layout) -> None:
    write(layout, ".config/pip/pip.conf", "[global]\nextra-index-url = https://kim:secret@more.index.example/simple/\nfind-links = /srv/wheels\n")
    machine = layout.machine()
    assert machine.indexes == (
        Index(kind="index", name="https://more.index.example/simple", origin=str(layout.home / ".config/pip/pip.conf")),
        Index(kind="index", name="package index", origin="default"),
        Index(kind="find-links", name="/srv/wheels", origin=str(layout.home / ".config/pip/pip.conf")),
    )
    assert "secret" not in str(layout.readings())


def test_an_index_of_pip_stands_in_place_of_the_default(layout: Layout) -> None:
    layout.variables["PIP_INDEX_URL"] = "https://mirror.index.example/simple"
    assert layout.machine().indexes == (Index(kind="index", name="https://mirror.index.example/simple", origin="PIP_INDEX_URL"),)


def test_no_index_leaves_only_find_links(layout: Layout) -> None:
    layout.variables.update(PIP_NO_INDEX="1", PIP_FIND_LINKS="/srv/wheels", PIP_EXTRA_INDEX_URL="https://index.example/simple")
    assert [each.kind for each in layout.machine().indexes] == ["find-links"]


def test_indexes_and_constraints_of_uv(layout: Layout) -> None:
    write(
        layout,
        ".config/uv/uv.toml",
        'constraint-dependencies = ["numpy<2"]\n[[index]]\nname = "inner"\nurl = "https://inner.index.example/simple"\n'
        '[[index]]\nurl = "https://uv.index.example/simple"\ndefault = true\n',
    )
    layout.variables["UV_FIND_LINKS"] = "/srv/a,/srv/b"
    (layout.work / "pyproject.toml").write_text('[tool.uv]\nconstraint-dependencies = ["torch<2"]\n')
    machine = layout.machine()
    assert [each.name for each in machine.indexes] == ["https://inner.index.example/simple", "https://uv.index.example/simple", "/srv/a", "/srv/b"]
    assert machine.constraints == ("numpy<2",), "a project's settings are for that project"


def test_constraint_files(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "caps.txt").write_text("# caps of this machine\ntorch<=2.14.1  # by hand\n\n--hash=sha256:aa\nnumpy<3 --hash=sha256:bb\n")
    (tmp_path / "uv.txt").write_text("torch<=2.14.1\njax<1\n")
    write(layout, ".config/pip/pip.conf", f"[global]\nconstraint = {tmp_path}/caps.txt\n")
    layout.variables["UV_CONSTRAINT"] = str(tmp_path / "uv.txt")
    assert layout.machine().constraints == ("torch<=2.14.1", "numpy<3", "jax<1")


def test_a_constraint_file_that_is_missing_is_noted(layout: Layout) -> None:
    layout.variables["PIP_CONSTRAINT"] = "/srv/no-such-caps.txt"
    machine = layout.machine()
    assert (machine.constraints, [note.cause for note in machine.notes]) == ((), ["probe-source-failed"])
    assert "/srv/no-such-caps.txt" in machine.notes[0].says


def test_channels_of_conda(layout: Layout) -> None:
    write(layout, ".condarc", "ssl_verify: true\nchannels:\n  - conda-forge  # first\n  - 'https://kim:secret@conda.index.example/main'\nauto_update: no\n")
    layout.file("/etc/conda/.condarc", "channels: [inner, conda-forge]\n")
    assert [each.name for each in layout.machine().indexes if each.kind == "conda"] == ["conda-forge", "https://conda.index.example/main", "inner"]


def test_reachable(tmp_path: Path) -> None:
    import http.server
    import threading

    class Server(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response({"/simple/": 200, "/private/": 401}.get(self.path, 503))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        answers = [answers_from(Index(kind="index", name=name), 2.0, PipSettings()) for name in (f"{url}/simple", f"{url}/private", f"{url}/broken")]
    finally:
        server.shutdown()
        server.server_close()
    assert answers == [True, True, False]
    assert answers_from(Index(kind="index", name=url), 0.5, PipSettings()) is False, "nobody listens any more"
    assert answers_from(Index(kind="find-links", name=str(tmp_path)), 2.0, PipSettings()) is True
    assert answers_from(Index(kind="index", name=(tmp_path / "missing").as_uri()), 2.0, PipSettings()) is False
    assert answers_from(Index(kind="conda", name="conda-forge"), 2.0, PipSettings()) is None


def test_a_server_that_never_answers_costs_twice_the_bound_at_most(tmp_path: Path) -> None:
    import socket
    import time

    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/simple"
        started = time.monotonic()
        answered = reachable((Index(kind="index", name=url), Index(kind="find-links", name=str(tmp_path))), 0.2)
    assert time.monotonic() - started < 2
    assert [each.reachable for each in answered] == [False, True]


@pytest.mark.index
def test_the_default_index_answers() -> None:
    from drivetrain.probe import probe

    indexes = probe(check_indexes=True, timeout_seconds=10.0).indexes
    assert all(each.reachable is not None for each in indexes if each.kind == "index")
    assert any(each.reachable for each in indexes if each.kind == "index")
