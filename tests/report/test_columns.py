from __future__ import annotations

import pytest

from drivetrain.report.columns import padded, table, width, wrapped
from drivetrain.report.markup import coloured, styled, unmarked


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("驱动", 4), ("驱动 560", 8), (styled("error", "no"), 2), ("e\u0301", 1), ("（a）", 5), ("", 0)],
)
def test_width_counts_columns_not_characters(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(padded(text, 10)) == 10


def test_wrapped_breaks_at_spaces_and_keeps_long_words_whole() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("see /a/very/long/path/that/must/be/pasted now", 12) == ["see", "/a/very/long/path/that/must/be/pasted", "now"]
    assert wrapped("one two three", 7, hanging=2) == ["one two", "  three"]


def test_wrapped_breaks_between_chinese_characters_but_not_before_their_punctuation() -> None:
    lines = wrapped("驱动太旧，带不动这个版本。请升级驱动", 10)
    assert all(width(line) <= 12 for line in lines)
    assert not any(line[0] in "，。" for line in lines)
    assert "".join(lines) == "驱动太旧，带不动这个版本。请升级驱动"


def test_wrapped_leaves_inner_spaces_alone() -> None:
    assert wrapped("3.11.7  /usr/bin/python3") == ["3.11.7  /usr/bin/python3"]


def test_table_aligns_columns_with_chinese_and_marks_in_them() -> None:
    lines = table([("驱动", "560", "x"), (styled("name", "GPU"), "RTX", "y")])
    assert [line.index(end) for line, end in zip(map(unmarked, lines), "xy", strict=True)] == [11 - 2, 11]


def test_table_wraps_the_last_cell_below_itself() -> None:
    assert table([("name", "a long sentence that goes on and on")], columns=31) == ["name  a long sentence that goes", "      on and on"]


def test_marks_become_colours_or_nothing() -> None:
    text = styled("error", "failed") + " x"
    assert unmarked(text) == "failed x"
    assert coloured(text) == "\x1b[1;31mfailed\x1b[0m x"


def test_control_characters_of_a_value_never_reach_the_terminal() -> None:
    hostile = "GPU\x1b[2J\x1b]0;title\x07\x9b31m name"
    for text in (unmarked(hostile), coloured(hostile)):
        assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in text)
