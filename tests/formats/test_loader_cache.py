"""/etc/ld.so.cache: what `ldconfig -p` shows, by soname; damaged ones."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from loader_caches import ARM, EXTENSION, X86, cache

from drivetrain.formats.loader_cache import cached_paths

ROWS = (
    ("libcuda.so.1", "/usr/lib/x86_64-linux-gnu/libcuda.so.1", X86, 0),
    ("libcuda.so.1", "/usr/lib/i386-linux-gnu/libcuda.so.1", 0x0003, 0),
    ("libcudnn.so.9", "/opt/a/libcudnn.so.9", X86, 0),
    ("libcudnn.so.9", "/opt/b/libcudnn.so.9", X86, 0),
    ("libz.so.1", "/usr/lib/glibc-hwcaps/x86-64-v3/libz.so.1", X86, EXTENSION),
    ("libz.so.1", "/usr/lib/libz.so.1", X86, 0),
    ("libold.so.1", "/usr/lib/sse2/libold.so.1", X86, 1 << 26),
)


def test_the_first_entry_of_the_architecture_counts() -> None:
    found = cached_paths(cache(*ROWS), "x86_64")
    assert found["libcuda.so.1"] == "/usr/lib/x86_64-linux-gnu/libcuda.so.1"
    assert found["libcudnn.so.9"] == "/opt/a/libcudnn.so.9"
    assert cached_paths(cache(*ROWS), "aarch64") == {}
    assert cached_paths(cache(("libx.so", "/x", ARM, 0)), "aarch64") == {"libx.so": "/x"}


def test_a_better_processor_gets_its_own_file() -> None:
    assert cached_paths(cache(*ROWS), "x86_64")["libz.so.1"] == "/usr/lib/libz.so.1"
    assert "x86-64-v3" in cached_paths(cache(*ROWS), "x86_64", ("x86-64-v4", "x86-64-v3"))["libz.so.1"]
    assert "libold.so.1" not in cached_paths(cache(*ROWS), "x86_64")


def test_the_new_format_is_found_behind_the_old_one() -> None:
    for count in (0, 1, 2, 3):
        assert cached_paths(cache(*ROWS, old=count), "x86_64")["libcuda.so.1"].endswith("libcuda.so.1")


@pytest.mark.parametrize("content", [b"", b"ld.so-1.7.0", b"no cache", b"glibc-ld.so.cache1.1", b"ld.so-1.7.0\0" + b"\xff" * 40])
def test_what_is_no_cache_has_no_entries(content: bytes) -> None:
    assert cached_paths(content, "x86_64") == {}


def test_a_cache_that_breaks_off_gives_what_is_whole() -> None:
    whole = cache(*ROWS)
    for end in range(0, len(whole), 7):
        assert set(cached_paths(whole[:end], "x86_64")) <= {name for name, _, _, _ in ROWS}
    assert cached_paths(whole[:20] + b"\xff" * 4 + whole[24:], "x86_64")["libcuda.so.1"].endswith("libcuda.so.1")


@pytest.mark.skipif(shutil.which("ldconfig", path="/sbin:/usr/sbin") is None or not Path("/etc/ld.so.cache").exists(), reason="a glibc system")
def test_this_systems_cache_is_read_as_ldconfig_reads_it() -> None:
    ldconfig = shutil.which("ldconfig", path="/sbin:/usr/sbin") or ""
    text = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=True).stdout
    rows = re.findall(r"^\t(\S+) \(libc6,x86-64\) => (\S+)$", text, re.MULTILINE)
    expected: dict[str, str] = {}
    for name, path in rows:
        expected.setdefault(name, path)
    if not expected:
        pytest.skip("not x86_64")
    assert cached_paths(Path("/etc/ld.so.cache").read_bytes(), "x86_64") == expected
