"""uv installs as pip and uv of the same user would: indexes, folders, certificates and proxies of both configurations count."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from install_orders import locked
from install_wheels import build_wheel, publish
from msgspec.structs import replace

from drivetrain.errors import FileError
from drivetrain.formats.pip_configuration import PipSettings
from drivetrain.install import EngineSettings, uv_configuration
from drivetrain.install.configuration import configuration, environment
from drivetrain.install.engine import Engine
from drivetrain.model.documents import FrozenMap


def test_pips_indexes_become_uvs_with_pips_rule() -> None:
    pip = PipSettings(index_url="https://index.example/simple", extra_index_urls=("https://more.example/simple/",), trusted_hosts=("more.example",))
    assert configuration(EngineSettings(pip=pip, indexes=("https://flag.example/simple",))) == {
        "allow-insecure-host": ["more.example"],
        "index-strategy": "unsafe-best-match",
        "index": [
            {"url": "https://flag.example/simple"},
            {"url": "https://more.example/simple/"},
            {"url": "https://index.example/simple", "default": True},
        ],
    }


def test_uvs_own_default_stays_and_pips_counts_beside_it() -> None:
    own = FrozenMap({"index": [{"name": "house", "url": "https://house.example/simple", "default": True}], "index-strategy": "first-index"})
    table = configuration(EngineSettings(uv=own, pip=PipSettings(index_url="https://index.example/simple")))
    assert table["index"] == [{"url": "https://index.example/simple"}, {"name": "house", "url": "https://house.example/simple", "default": True}]
    assert table["index-strategy"] == "first-index"


def test_no_index_leaves_folders_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table = configuration(EngineSettings(pip=PipSettings(no_index=True, index_url="https://index.example/simple", find_links=("wheels, of mine",))))
    assert table == {"find-links": [str(tmp_path / "wheels, of mine")], "no-index": True}


def test_what_has_no_key_goes_into_the_environment(tmp_path: Path) -> None:
    pip = PipSettings(cert=str(tmp_path / "ca.pem"), client_cert="/me.pem", proxy="proxy.example:3128", timeout=180.0, retries=2)
    environ = {
        "HOME": "/me",
        "UV_INDEX_HOUSE_PASSWORD": "secret",
        "UV_NO_VERIFY_HASHES": "1",
        "UV_PROJECT_ENVIRONMENT": "x",
        "VIRTUAL_ENV": "/other",
        "UV_HTTP_RETRIES": "9",
    }
    variables = environment(EngineSettings(pip=pip, cache_dir=tmp_path), environ)
    assert variables["SSL_CERT_FILE"] == str(tmp_path / "ca.pem")
    assert (variables["HTTPS_PROXY"], variables["SSL_CLIENT_CERT"]) == ("http://proxy.example:3128", "/me.pem")
    assert (variables["UV_HTTP_TIMEOUT"], variables["UV_HTTP_RETRIES"]) == ("180", "9")
    assert (variables["UV_PYTHON_DOWNLOADS"], variables["UV_CACHE_DIR"], variables["HOME"]) == ("never", str(tmp_path), "/me")
    assert variables["UV_INDEX_HOUSE_PASSWORD"] == "secret"
    assert not {"UV_NO_VERIFY_HASHES", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"} & set(variables)


def test_uvs_own_files_are_merged_the_users_first(tmp_path: Path) -> None:
    for folder, text in (
        ("user", 'link-mode = "copy"\nfind-links = ["/a"]\n[pip]\nextra-index-url = ["https://more.example/simple"]\nuniversal = true\n'),
        ("system", 'link-mode = "hardlink"\nfind-links = ["/b"]\nsystem-certs = true\n'),
    ):
        (tmp_path / folder / "uv").mkdir(parents=True)
        (tmp_path / folder / "uv" / "uv.toml").write_text(text)
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "user"), "XDG_CONFIG_DIRS": str(tmp_path / "system"), "HOME": str(tmp_path)}
    settings = EngineSettings(uv=uv_configuration(environ))
    assert configuration(settings) == {"find-links": ["/a", "/b"], "index": [{"url": "https://more.example/simple"}]}
    variables = environment(settings, {})
    assert (variables["UV_LINK_MODE"], variables["UV_SYSTEM_CERTS"]) == ("copy", "1")
    assert uv_configuration({**environ, "UV_NO_CONFIG": "1"}) == FrozenMap()


def test_a_damaged_or_missing_uv_configuration_is_named(tmp_path: Path) -> None:
    (tmp_path / "uv.toml").write_text("index = [")
    with pytest.raises(FileError, match=r"uv\.toml"):
        uv_configuration({"UV_CONFIG_FILE": str(tmp_path / "uv.toml")})
    with pytest.raises(FileError, match="cannot be read"):
        uv_configuration({"UV_CONFIG_FILE": str(tmp_path / "none.toml")})


def test_the_written_configuration_is_for_our_eyes_only(tmp_path: Path) -> None:
    Engine(EngineSettings(indexes=("https://me:secret@index.example/simple",)), tmp_path)
    assert stat.S_IMODE((tmp_path / "uv.toml").stat().st_mode) == 0o600
    assert "me:secret" in (tmp_path / "uv.toml").read_text()


def test_the_best_version_of_all_of_pips_indexes_is_taken(settings: EngineSettings, index: Path, tmp_path: Path) -> None:
    """The real uv with pip's rule: an extra index that has an older release does not hide the newer one."""
    more = tmp_path / "simple"
    build_wheel(more / "beta", "beta", "1.5")
    publish(more)
    both = replace(settings, uv=FrozenMap(), pip=PipSettings(index_url=index.as_uri(), extra_index_urls=(more.as_uri(),)))
    assert {each.name: each.version for each in locked(both, "alpha==2.0").artifacts} == {"alpha": "2.0", "beta": "2.0"}
    assert {each.name: each.version for each in locked(both, "beta==1.5").artifacts} == {"beta": "1.5"}
