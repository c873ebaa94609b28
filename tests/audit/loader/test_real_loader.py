"""The simulated loader loads what glibc's loads, of libraries made here: search paths, their order, reuse, failures."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from audit.loader.real_loader import compiled, environment_of, needs_gcc, program, really_loaded, simulated

pytestmark = needs_gcc


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return Path(os.path.realpath(tmp_path))


def agreed(prefix: Path, *names: str | Path, **variables: str) -> set[str]:
    """What both load; the real loader is right."""
    real = really_loaded(prefix, *names, **variables)
    assert simulated(prefix, *names, **variables) == real
    return real


def test_a_runpath_finds_what_the_library_itself_needs(prefix: Path) -> None:
    inner = compiled(prefix / "deep" / "libinner.so")
    outer = compiled(prefix / "libouter.so", inner, runpath="$ORIGIN/deep")
    assert agreed(prefix, outer) == {"libouter.so", "deep/libinner.so"}


def test_an_rpath_holds_for_what_the_needed_libraries_need_and_a_runpath_does_not(prefix: Path) -> None:
    last = compiled(prefix / "deep" / "liblast.so")
    middle = compiled(prefix / "deep" / "libmiddle.so", last)
    by_rpath = compiled(prefix / "libfirst.so", middle, rpath="$ORIGIN/deep")
    by_runpath = compiled(prefix / "libother.so", middle, runpath="$ORIGIN/deep")
    assert "deep/liblast.so" in agreed(prefix, by_rpath)
    assert agreed(prefix, by_runpath) == set()


def test_a_runpath_silences_the_rpaths_above(prefix: Path) -> None:
    last = compiled(prefix / "deep" / "liblast.so")
    middle = compiled(prefix / "deep" / "libmiddle.so", last, runpath="$ORIGIN/nowhere")
    assert agreed(prefix, compiled(prefix / "libfirst.so", middle, rpath="$ORIGIN/deep")) == set()


@pytest.mark.parametrize(("kind", "wins"), [("rpath", "bundled"), ("runpath", "mine")])
def test_the_variable_comes_after_an_rpath_and_before_a_runpath(prefix: Path, kind: str, wins: str) -> None:
    bundled = compiled(prefix / "bundled" / "libwanted.so.1")
    compiled(prefix / "mine" / "libwanted.so.1")
    outer = compiled(prefix / "libouter.so", bundled, **{kind: "$ORIGIN/bundled"})
    assert f"{wins}/libwanted.so.1" in agreed(prefix, outer, LD_LIBRARY_PATH=str(prefix / "mine"))


def test_a_soname_that_is_loaded_is_not_sought_again(prefix: Path) -> None:
    first = compiled(prefix / "a" / "libwanted-of-a.so", soname="libwanted.so.1")
    second = compiled(prefix / "b" / "libwanted.so.1")
    outer = compiled(prefix / "libouter.so", second, runpath="$ORIGIN/b")
    assert agreed(prefix, first, outer) == {"a/libwanted-of-a.so", "libouter.so"}
    assert agreed(prefix, outer, first) == {"b/libwanted.so.1", "libouter.so", "a/libwanted-of-a.so"}


def test_a_file_without_a_soname_is_known_by_the_name_that_found_it(prefix: Path) -> None:
    nameless = compiled(prefix / "a" / "libnameless.so", link_names=False)
    outer = compiled(prefix / "libouter.so", rpath="$ORIGIN/a")
    user = compiled(prefix / "libuser.so", compiled(prefix / "a" / "liblinked.so", soname="libnameless.so"), runpath="$ORIGIN/a")
    agreed(prefix, nameless, outer, user)


def test_two_links_to_one_file_are_one_library(prefix: Path) -> None:
    real = compiled(prefix / "libreal.so.1.2.3", soname="libreal.so.1")
    for name in ("libreal.so.1", "libreal.so"):
        (prefix / name).symlink_to(real.name)
    outer = compiled(prefix / "libouter.so", real, runpath="$ORIGIN")
    assert agreed(prefix, prefix / "libreal.so", outer) == {"libreal.so.1.2.3", "libouter.so"}


def test_the_origin_of_a_link_is_where_the_link_lies(prefix: Path) -> None:
    needed = compiled(prefix / "lib" / "libneeded.so")
    target = compiled(prefix / "targets" / "libtarget.so.1", needed, runpath="$ORIGIN")
    (prefix / "lib" / "libtarget.so.1").symlink_to(os.path.relpath(target, prefix / "lib"))
    outer = compiled(prefix / "libouter.so", target, runpath="$ORIGIN/lib")
    assert agreed(prefix, outer) == {"libouter.so", "targets/libtarget.so.1", "lib/libneeded.so"}


def test_a_library_of_another_architecture_is_passed_over(prefix: Path) -> None:
    good = compiled(prefix / "good" / "libwanted.so.1")
    other = bytearray(compiled(prefix / "bad" / "libwanted.so.1").read_bytes())
    struct.pack_into("<H", other, 18, 183 if os.uname().machine == "x86_64" else 62)
    (prefix / "bad" / "libwanted.so.1").write_bytes(other)
    outer = compiled(prefix / "libouter.so", good, runpath="$ORIGIN/bad:$ORIGIN/good")
    assert agreed(prefix, outer) == {"libouter.so", "good/libwanted.so.1"}


def test_an_opening_that_fails_leaves_nothing_loaded(prefix: Path) -> None:
    here = compiled(prefix / "a" / "libhere.so.1")
    gone = compiled(prefix / "a" / "libgone.so.1")
    broken = compiled(prefix / "libbroken.so", here, gone, runpath="$ORIGIN/a")
    other = compiled(prefix / "b" / "libhere.so.1")
    outer = compiled(prefix / "libouter.so", other, runpath="$ORIGIN/b")
    gone.unlink()
    assert agreed(prefix, broken, outer) == {"libouter.so", "b/libhere.so.1"}


def test_what_stands_first_in_a_row_is_loaded_before_what_the_rows_above_need_in_turn(prefix: Path) -> None:
    """Breadth first: libsecond's own copy of the name loses to the one that the first row brings."""
    far = compiled(prefix / "far" / "libshared.so.1")
    near = compiled(prefix / "near" / "libshared.so.1")
    deep = compiled(prefix / "libdeep.so", far, runpath="$ORIGIN/far")
    first = compiled(prefix / "libfirst.so", deep, runpath="$ORIGIN")
    second = compiled(prefix / "libsecond.so", near, runpath="$ORIGIN/near")
    outer = compiled(prefix / "libouter.so", first, second, runpath="$ORIGIN")
    assert "near/libshared.so.1" in agreed(prefix, outer)


def test_a_name_alone_is_left_to_the_variable_and_the_system(prefix: Path) -> None:
    compiled(prefix / "mine" / "libalone.so.1")
    assert agreed(prefix, "libalone.so.1") == set()
    assert agreed(prefix, "libalone.so.1", LD_LIBRARY_PATH=str(prefix / "mine")) == {"mine/libalone.so.1"}


def test_the_programs_own_rpath_holds_for_all_that_is_opened_by_path(prefix: Path) -> None:
    """As with conda's Python, whose RPATH is $ORIGIN/../lib: what an extension module needs is found there, unless its asker has a RUNPATH."""
    wanted, deeper = compiled(prefix / "lib" / "libwanted.so.1"), compiled(prefix / "lib" / "libdeeper.so.1")
    middle = compiled(prefix / "site" / "libmiddle.so", deeper)
    plain = compiled(prefix / "site" / "plain.so", wanted)
    of_rpath = compiled(prefix / "site" / "of_rpath.so", middle, rpath="$ORIGIN")
    of_runpath = compiled(prefix / "site" / "of_runpath.so", wanted, runpath="$ORIGIN/nowhere")
    program(prefix / "bin" / "python", rpath="$ORIGIN/../lib")
    assert agreed(prefix, plain) == {"site/plain.so", "lib/libwanted.so.1"}
    assert "lib/libdeeper.so.1" in agreed(prefix, of_rpath)
    assert agreed(prefix, of_runpath) == set()
    assert agreed(prefix, plain, of_runpath) == {"site/plain.so", "lib/libwanted.so.1", "site/of_runpath.so"}
    assert agreed(prefix, "libdeeper.so.1") == {"lib/libdeeper.so.1"}


def test_what_the_program_needs_is_there_before_anything_is_opened(prefix: Path) -> None:
    own, other = compiled(prefix / "lib" / "libshared.so.1"), compiled(prefix / "bundled" / "libshared.so.1")
    outer = compiled(prefix / "site" / "outer.so", other, rpath="$ORIGIN/../bundled")
    program(prefix / "bin" / "python", own, rpath="$ORIGIN/../lib")
    assert agreed(prefix, outer) == {"lib/libshared.so.1", "site/outer.so"}


def test_dollar_lib_is_where_the_system_keeps_its_own(prefix: Path) -> None:
    for folder in ("lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"):
        inner = compiled(prefix / folder / "libinner.so")
    outer = compiled(prefix / "libouter.so", inner, runpath="$ORIGIN/$LIB")
    assert len(agreed(prefix, outer)) == 2


def test_a_library_that_asks_for_an_executable_stack_is_told(prefix: Path) -> None:
    plain, asking = compiled(prefix / "libplain.so"), compiled(prefix / "libasking.so", flags=("-Wl,-z,execstack",))
    by_path = {each.path: each.linkage.executable_stack for each in environment_of(prefix).libraries}
    assert by_path == {plain.name: False, asking.name: True}
