"""The HTML report: one file that asks for nothing, in which every value is text, whatever it holds."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from drivetrain.report.html_page import plan_page, up_page
from drivetrain.report.html_style import STYLE
from drivetrain.report.html_tags import tag
from drivetrain.report.typed import Typed

Value = Callable[[str], Any]
VOID = {"meta", "link", "br", "hr", "img", "input"}


def pages(value: Value, typed: Typed) -> dict[str, str]:
    machine = value("machine")
    return {
        "up": up_page(value("up"), machine, typed, activate="source .venv/bin/activate", made="2026-11-24"),
        "failed": up_page(value("up_failed"), machine, typed),
        "refused": up_page(value("up_refused"), machine, typed),
        "plan": plan_page(value("plan"), machine, typed),
        "cpu": plan_page(value("plan_cpu"), value("machine_bare"), typed),
    }


class Tree(HTMLParser):
    """Checks that every element is closed in its order, and keeps text and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.levels: list[int] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, content) for name, content in attrs]
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def tree_of(page: str) -> Tree:
    tree = Tree()
    tree.feed(page)
    tree.close()
    assert tree.open == []
    return tree


def test_every_page_is_well_formed_with_headings_in_order(value: Value, typed: Typed, language: str) -> None:
    for page in pages(value, typed).values():
        tree = tree_of(page)
        assert tree.levels.count(1) == 1
        assert all(after - before <= 1 for before, after in zip(tree.levels, tree.levels[1:], strict=False))
        assert ("html", "lang", {"en": "en", "zh": "zh-Hans"}[language]) in tree.attributes


def test_no_page_asks_for_anything(value: Value, typed: Typed) -> None:
    for page in pages(value, typed).values():
        names = {(tag, name) for tag, name, _ in tree_of(page).attributes}
        assert not {pair for pair in names if pair[1] in ("src", "srcset", "action", "onload", "onclick")}
        assert not re.search(r"<script|@import|url\(|<iframe|<object", page)
        assert [content for tag, name, content in tree_of(page).attributes if tag == "link" and name == "href"] == ["data:,"]


def test_whatever_a_value_holds_is_text(value: Value, typed: Typed) -> None:
    hostile = '<script>alert("x")</script>"\'&'
    plan = value("plan")
    package = replace(plan.packages[0], name=hostile, version=hostile)
    page = plan_page(replace(plan, packages=(package, *plan.packages[1:]), assumptions=(hostile,)), value("machine"), typed)
    assert "<script>" not in page
    assert hostile in "".join(tree_of(page).text)


def test_a_source_is_a_link_only_where_it_is_an_address(value: Value, typed: Typed) -> None:
    plan = value("plan")
    reason = replace(plan.reasons[0], sources=("javascript:alert(1)", "https://example.org/x"))
    page = plan_page(replace(plan, reasons=(reason,)), value("machine"), typed)
    links = [content for tag, name, content in tree_of(page).attributes if (tag, name) == ("a", "href")]
    assert links == ["https://example.org/x", "https://example.org/x"]


def test_what_up_did_is_all_there(value: Value, typed: Typed) -> None:
    text = " ".join(tree_of(pages(value, typed)["up"]).text)
    for expected in (
        "560.35.03",
        "CUDA runtime",
        "9.10.2.21",
        "2.29.3",
        "tensorflow",
        "3.13",
        "NVIDIA GeForce RTX 4090",
        "matmul-float32",
        "43 s",
        "newest torch alone",
    ):
        assert expected in text


def test_attributes_are_escaped() -> None:
    assert tag("a", "x", href='"><b>') == '<a href="&quot;&gt;&lt;b&gt;">x</a>'


def colours_of(scheme: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", scheme))


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(scheme: int) -> None:
    """WCAG 2.1 AA: 4.5 to 1."""
    found = colours_of(STYLE.split("prefers-color-scheme: dark")[scheme].split("* {")[0])
    pairs = [(text, ground) for text in ("ink", "quiet", "link") for ground in ("ground", "card")]
    pairs += [(tone, f"{tone}-wash") for tone in ("good", "bad", "care")]
    for text, ground in pairs:
        light, dark = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


MEASURE = """<script>addEventListener("load", () => { document.title = JSON.stringify({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, asked: performance.getEntriesByType("resource").length }) })</script>"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [1000, 500])
@pytest.mark.parametrize("name", ["up", "failed", "refused", "plan", "cpu"])
def test_a_browser_shows_it_without_overflow_or_request(value: Value, typed: Typed, language: str, tmp_path: Path, name: str, width: int) -> None:
    browser = next((found for each in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(each))), None)
    if browser is None:
        pytest.skip("no Chromium is installed")
    path, picture = tmp_path / "page.html", tmp_path / "page.png"
    path.write_text(pages(value, typed)[name].replace("</body>", MEASURE + "</body>"), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},1200"]
    dom = subprocess.run([browser, *flags, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=60, check=True).stdout
    assert re.search(r"<title>(.*?)</title>", dom, re.DOTALL)[1].replace("&quot;", '"') == '{"wide":0,"asked":0}'  # type: ignore[index]
    subprocess.run([browser, *flags, f"--screenshot={picture}", path.as_uri()], capture_output=True, timeout=60, check=True)
    assert len(colours(picture.read_bytes())) > 20


def colours(png: bytes) -> set[bytes]:
    """Gives the byte values of the picture's rows: a blank page has a handful."""
    at, data = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return {bytes([each]) for each in zlib.decompress(data)}
