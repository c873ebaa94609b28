"""pip.conf, uv.toml and os-release as texts; pip's precedence is compared with pip itself in tests/probe."""

from __future__ import annotations

import pytest

from drivetrain.errors import FileError
from drivetrain.formats.os_release import os_release_of
from drivetrain.formats.pip_configuration import PipSettings, pip_settings
from drivetrain.formats.uv_configuration import UvPlace, uv_settings


def test_each_setting_of_pip_and_where_it_comes_from() -> None:
    text = """[global]
index-url = https://kim:secret@index.example/simple
extra-index-url =
    https://a.index.example/simple
    https://b.index.example/simple
trusted-host = a.index.example b.index.example
client-cert = /srv/client.pem
constraint = /srv/caps.txt
[install]
pre = yes
[wheel]
timeout = 1
"""
    settings = pip_settings((("pip.conf", text),), {"PIP_DEFAULT_TIMEOUT": "30", "PIP_RETRIES": "2", "PIPELINE": "x"})
    assert settings.index_url == "https://kim:secret@index.example/simple"
    assert settings.extra_index_urls == ("https://a.index.example/simple", "https://b.index.example/simple")
    assert settings.trusted_hosts == ("a.index.example", "b.index.example")
    assert (settings.client_cert, settings.constraints, settings.pre, settings.timeout, settings.retries) == (
        "/srv/client.pem",
        ("/srv/caps.txt",),
        True,
        30.0,
        2,
    )
    assert (settings.origins["index-url"], settings.origins["timeout"]) == ("pip.conf", "PIP_DEFAULT_TIMEOUT")


def test_nothing_is_configured() -> None:
    assert pip_settings((), {}) == PipSettings()
    assert pip_settings((("pip.conf", "[global]\ntimeout = 5\n"),), {"PIP_CONFIG_FILE": "/dev/null"}) == PipSettings(
        origins=pip_settings((), {"PIP_CONFIG_FILE": "x"}).origins
    )


@pytest.mark.parametrize("text", ["index-url = https://index.example\n", "[global\n", "[global]\na = 1\na = 2\n"])
def test_a_damaged_pip_conf_is_named(text: str) -> None:
    with pytest.raises(FileError, match=r"home/pip\.conf") as raised:
        pip_settings((("home/pip.conf", text),), {})
    assert raised.value.next


def test_uv_adds_lists_up_the_nearest_first() -> None:
    system = 'index-url = "https://system.index.example"\nfind-links = ["/srv/system"]\nconstraint-dependencies = ["a<1"]\n'
    user = (
        '[[index]]\nurl = "https://user.index.example"\nname = "u"\n[[index]]\nurl = "https://default.index.example"\ndefault = true\n[pip]\nno-index = true\n'
    )
    settings = uv_settings(
        (("system", system), ("user", user)), {"UV_INDEX": "fast=https://fast.index.example https://plain.index.example/a=b", "UV_CONSTRAINT": "/srv/c.txt"}
    )
    assert settings.indexes == (
        UvPlace(url="https://fast.index.example", origin="UV_INDEX", name="fast"),
        UvPlace(url="https://plain.index.example/a=b", origin="UV_INDEX"),
        UvPlace(url="https://user.index.example", origin="user", name="u"),
        UvPlace(url="https://default.index.example", origin="user", default=True),
    )
    assert settings.find_links == (UvPlace(url="/srv/system", origin="system"),)
    assert (settings.no_index, settings.constraints, settings.constraint_files) == (True, ("a<1",), ("/srv/c.txt",))


def test_a_damaged_uv_toml_is_named() -> None:
    with pytest.raises(FileError, match=r"uv\.toml"):
        uv_settings((("uv.toml", "index-url = \n"),), {})


@pytest.mark.parametrize(
    ("text", "name", "id", "version"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n', "Debian GNU/Linux 12", "debian", "12"),
        ("NAME='Arch Linux'\nID=arch\n# comment\nnonsense\n", "Arch Linux", "arch", None),
        ('NAME="A \\"quoted\\" \\$name"\nVERSION_ID=1\n', 'A "quoted" $name 1', None, "1"),
        ('PRETTY_NAME="Only Pretty"\n', "Only Pretty", None, None),
        ("", "", None, None),
    ],
)
def test_os_release(text: str, name: str, id: str | None, version: str | None) -> None:
    release = os_release_of(text)
    assert (release.name, release.id, release.version) == (name, id, version)
