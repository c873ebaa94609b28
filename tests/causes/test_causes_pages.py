"""Every cause has its page in both languages, with sources; damaged pages say where."""

from __future__ import annotations

import re
from difflib import get_close_matches

import pytest

from drivetrain.causes import page, page_of, slugs
from drivetrain.errors import FileError, UsageError
from drivetrain.words import say, speak

HAN = re.compile(r"[\u4e00-\u9fff]")
SLUG = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+){1,})`")
COMMANDS = {
    *("probe", "versions", "plan", "up", "add", "remove", "install", "audit", "fix", "inspect", "verify", "bench"),
    *("explain", "run", "export", "catalogue", "schema", "completion"),
}
NOT_PAGES = {
    "onnxruntime-directml",
    "chainer-pytorch",
    "tensorflow-gpu",
    "tensorflow-intel",
    "tensorflow-cpu",
    "onnxruntime-gpu",
    "tf-keras",
    "and-cuda",
    "nvidia-uvm",
    "nvidia-smi",
    "nvidia-cudnn",
}
PACKAGES = ("nvidia-", "lib", "linux-", "jax-cuda", "cuda-compat", "constraint-dep", "cupy-cuda", "mxnet-cu", "tensorrt-cu")


def test_there_are_pages() -> None:
    assert {"driver-too-old-for-cuda", "tf-windows-native-gpu-dropped", "cuda-wheel-majors-mixed"} <= set(slugs())


@pytest.mark.parametrize("slug", slugs())
def test_a_page_says_why_how_to_be_sure_and_what_to_do(slug: str) -> None:
    english, chinese = page(slug, "en"), page(slug, "zh")
    assert english.topic == chinese.topic == slug
    assert english.sources == chinese.sources
    assert all(each.startswith("https://") for each in english.sources)
    for part, other in (("**How to be sure.**", "**怎么确认。**"), ("**What to do.**", "**怎么办。**")):
        assert part in english.body_markdown
        assert other in chinese.body_markdown
    assert not english.body_markdown.startswith("**"), "first why it breaks"
    assert english.title != chinese.title


@pytest.mark.parametrize("slug", slugs())
def test_the_chinese_page_is_chinese_and_the_english_is_not(slug: str) -> None:
    english, chinese = page(slug, "en"), page(slug, "zh")
    assert not HAN.search(english.title + english.body_markdown)
    assert HAN.search(chinese.title)
    prose = re.sub(r"`[^`]*`|\"[^\"]*\"|[A-Za-z0-9_.+/*()-]+", "", chinese.body_markdown)
    assert len(HAN.findall(prose)) > 40, "written, not only titled"
    assert not re.search(r"[\u4e00-\u9fff][,;:?!]", chinese.body_markdown), "full-width punctuation in Chinese"


@pytest.mark.parametrize("slug", slugs())
def test_pages_name_only_pages_and_commands_that_exist(slug: str) -> None:
    for language in ("en", "zh"):
        text = page(slug, language).body_markdown
        assert not [each for each in SLUG.findall(text) if _is_slug(each) and each not in slugs()]
        assert set(re.findall(r"`drivetrain ([a-z]+)", text)) <= COMMANDS


def _is_slug(name: str) -> bool:
    """A name of many words, or one near to a page's; programs, packages and options have hyphens too."""
    if name in NOT_PAGES or name.startswith(PACKAGES):
        return False
    return name.count("-") >= 3 or bool(get_close_matches(name, slugs(), n=1, cutoff=0.85))


def test_an_unknown_slug_names_the_nearest() -> None:
    with pytest.raises(UsageError) as error:
        page("driver-to-old", "en")
    assert "driver-too-old-for-cuda" in error.value.next
    with pytest.raises(UsageError):
        page("../__init__", "en")
    with pytest.raises(UsageError):
        page("", "en")


def test_another_language_falls_back_to_english() -> None:
    assert page("numpy-2-abi", "fr").title == page("numpy-2-abi", "en").title


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "x.md:1"),
        ("# no front matter", "x.md:1"),
        ('+++\ncause = "x"\n# never closed\n', "x.md:3"),
        ("+++\ncause = \n+++\n# x", "x.md: "),
        ('+++\nsources = ["https://a"]\n+++\n# x', "x.md:1: cause"),
        ('+++\ncause = "x"\nsources = "https://a"\n+++\n# x', "x.md:3: sources"),
        ('+++\ncause = "x"\nsources = ["http://a"]\n+++\n# x', "x.md:3: sources"),
        ('+++\ncause = "x"\nsources = []\n+++\n# x', "x.md:3: sources"),
        ('+++\ncause = "x"\nsources = ["https://a"]\n+++\n\ntext', "x.md:6"),
        ('+++\ncause = "x"\nsources = ["https://a"]\n+++\n', "x.md:4"),
    ],
)
def test_a_damaged_page_says_file_and_line(text: str, where: str) -> None:
    with pytest.raises(FileError) as error:
        page_of(text, "x.md")
    assert error.value.says.startswith(where)
    assert "\n" not in error.value.says


def test_faults_are_said_in_chinese_too() -> None:
    try:
        speak("zh")
        assert HAN.search(say("a page opens with a line +++"))
    finally:
        speak("en")
