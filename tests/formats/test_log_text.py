"""Logs in the encodings and dresses in which people have them come out as plain lines, with the file's own line numbers."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator

import pytest

from drivetrain.formats.log_text import LONGEST_LINE, encoding_of, lines_in, log_chunks

LINES = "epoch 1 done\n错误：找不到模块 — CUDA error: out of memory\nlast line\n"


def plain(data: bytes, size: int = 7) -> str:
    """Gives the whole text, read in blocks so small that characters and marks are cut in two."""
    return b"".join(log_chunks(data[at : at + size] for at in range(0, len(data), size))).decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk"])
@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_every_encoding_reads_the_same(encoding: str, size: int) -> None:
    text = LINES.replace("—", "-") if encoding == "gbk" else LINES
    assert plain(text.encode(encoding), size) == text


def test_windows_line_ends_are_line_ends() -> None:
    assert plain("one\r\ntwo\r\n".encode("utf-16")) == "one\ntwo\n"


def test_one_line_in_gbk_among_lines_in_utf_8() -> None:
    assert plain("好\n".encode() + "错误\n".encode("gbk") + b"end\n", 1 << 10) == "好\n错误\nend\n"


def test_bytes_that_are_no_text_keep_what_is_ascii() -> None:
    assert "CUDA error" in plain(b"\xff\xfa\x80 CUDA error \xff\n", 1 << 10)


def test_colours_and_links_of_terminals_go() -> None:
    assert plain(b"\x1b[0;31mRuntimeError\x1b[0m: \x1b]8;;http://x\x1b\\CUDA\x1b]8;;\x1b\\ error\n", 1 << 10) == "RuntimeError: CUDA error\n"


def test_what_a_progress_bar_overwrote_is_a_line_that_does_not_count() -> None:
    chunks = list(log_chunks([b"first\n 10%|#\r 20%|##\rCUDA error: x\nthird\n"]))
    assert sum(map(lines_in, chunks)) == 3
    assert b"\nCUDA error: x\n" in b"".join(chunks)


def test_a_notebook_s_traceback_is_read_and_lines_are_those_of_the_file() -> None:
    cell = {"cell_type": "code", "outputs": [{"output_type": "error", "traceback": ['\x1b[0;31mRuntimeError\x1b[0m Traceback\nImportError: 缺少 "x"\n']}]}
    data = json.dumps({"cells": [cell], "nbformat": 4}, indent=1).encode()
    assert rb"\u001b" in data
    chunks = list(log_chunks([data]))
    text = b"".join(chunks).decode()
    assert 'ImportError: 缺少 "x"' in [line.strip("\x0b") for line in text.splitlines()]
    assert sum(map(lines_in, chunks)) == data.count(b"\n") + 1


def test_dockers_json_lines() -> None:
    data = b'{"log":"Traceback (most recent call last):\\n","stream":"stderr"}\n{"log":"ImportError: libcuda.so.1: \\"x\\"\\n"}\n'
    text = plain(data, 1 << 10)
    assert 'ImportError: libcuda.so.1: "x"' in text
    assert sum(map(lines_in, log_chunks([data]))) == 2


@pytest.mark.parametrize("end", [b"\r", b"."])
def test_a_line_without_an_end_takes_bounded_memory(end: bytes) -> None:
    def blocks() -> Iterator[bytes]:
        for _ in range(200):
            yield (b"x" * 99 + end) * 2000

    tracemalloc.start()
    read = sum(len(each) for each in log_chunks(blocks()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read >= 200 * 200_000
    assert peak < 8 * LONGEST_LINE


@pytest.mark.parametrize("head", [b"", b"a", b"\0\0\0\0", b"ELF\0\0binary\0", b"\xff"])
def test_odd_beginnings_are_read_as_utf_8(head: bytes) -> None:
    assert encoding_of(head) == "utf-8"
