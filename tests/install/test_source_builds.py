"""The few releases that exist as source alone: locked by the hash that is known, without a build; another archive of that name is refused."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from install_orders import MACHINE, PYTHON, VERSION, order_of, plan_of
from install_wheels import sha256_of
from msgspec.structs import replace

from drivetrain.catalogue.source_builds import source_builds
from drivetrain.errors import EngineError
from drivetrain.install import EngineSettings, commit, lock, stage, uv_configuration
from drivetrain.model.documents import FrozenMap
from drivetrain.model.lock import Clash, Lock
from drivetrain.model.request import Request
from drivetrain.probe.configuration import pip_settings_here

NOTHING = Request(wishes=())
LIBRARIES = (("termcolor", "1.1.0"), ("wrapt", "1.12.1"), ("clang", "5.0"))


def served(root: Path, name: str, version: str) -> EngineSettings:
    """An index with one source archive, whose setup.py fails when anybody runs it."""
    folder = root / "simple" / name
    folder.mkdir(parents=True)
    archive = folder / f"{name}-{version}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for file, text in (("setup.py", "raise SystemExit('built')\n"), ("PKG-INFO", f"Metadata-Version: 1.0\nName: {name}\nVersion: {version}\n")):
            entry = tarfile.TarInfo(f"{name}-{version}/{file}")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    (folder / "index.html").write_text(f'<html><body><a href="{archive.name}#sha256={sha256_of(archive)}">{archive.name}</a></body></html>\n')
    return EngineSettings(cache_dir=root / "cache", uv=FrozenMap({"index": [{"url": (root / "simple").as_uri(), "default": True}]}))


def test_another_archive_of_a_known_name_is_refused_without_being_built(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"termcolor-1\.1\.0\.tar\.gz is not the source that drivetrain knows"):
        lock(plan_of("termcolor==1.1.0"), NOTHING, MACHINE, PYTHON, served(tmp_path, "termcolor", "1.1.0"))


def test_no_other_release_that_exists_as_source_alone_is_taken(tmp_path: Path) -> None:
    for name, version in (("termcolor", "1.0.9"), ("gamma", "1.1.0")):
        made = lock(plan_of(f"{name}=={version}"), NOTHING, MACHINE, PYTHON, served(tmp_path / name, name, version))
        assert isinstance(made, Clash)
        assert "no usable wheels" in made.says


def test_each_says_where_it_was_looked_into() -> None:
    assert all(each.sources and len(each.sha256) == 64 and each.needed_by for each in source_builds().values())


@pytest.mark.install
@pytest.mark.usefixtures("configured")
def test_they_are_locked_by_that_hash_and_built_without_a_compiler(tmp_path: Path) -> None:
    settings = EngineSettings(cache_dir=tmp_path / "cache", pip=pip_settings_here(), uv=uv_configuration())
    pins = tuple(f"{name}=={version}" for name, version in LIBRARIES)
    made = lock(plan_of(*pins), NOTHING, MACHINE, PYTHON, settings)
    assert isinstance(made, Lock)
    assert {(each.name, each.version): each.sha256 for each in made.artifacts} == {
        key: each.sha256 for key, each in source_builds().items() if key in LIBRARIES
    }
    assert not list((tmp_path / "cache").rglob("*.whl"))
    prefix = tmp_path / "env"
    commit(stage(replace(order_of(made, prefix, *pins, python=VERSION), interpreter=PYTHON), settings))
    site = next(prefix.glob("lib/python*/site-packages"))
    assert (site / "termcolor.py").is_file()
    assert (site / "clang" / "cindex.py").is_file()
    assert sorted(path.name for path in (site / "wrapt").glob("*.*")) == ["__init__.py", "decorators.py", "importer.py", "wrappers.py"]
