"""The sieve finds every pattern with its line and groups, in linear time and constant memory, whatever the log is."""

from __future__ import annotations

import tracemalloc

from drivetrain.diagnose.sieve import MOST_SIGHTINGS, Sieve, compilable

PATTERNS = (r"driver (?P<driver>\d+\.\d+)", "out of memory", r"^Traceback", "从未")


def sieved(*chunks: str) -> Sieve:
    sieve = Sieve(PATTERNS)
    for each in chunks:
        sieve.feed(each.encode())
    return sieve


def test_a_sighting_has_its_line_text_and_groups() -> None:
    found = sieved("first\nsecond\n", "the driver 470.57 is old\nTraceback\n").sightings
    (only,) = found[0]
    assert (only.line, only.text, only.groups) == (3, "the driver 470.57 is old", (("driver", "470.57"),))
    assert found[2][0].line == 4, "^ is the beginning of a line"
    assert 1 not in found


def test_chinese_patterns_match() -> None:
    assert sieved("从未见过\n").sightings[3][0].text == "从未见过"


def test_a_pattern_never_reaches_over_a_line() -> None:
    sieve = Sieve([r"library [^)]*missing"])
    sieve.feed(b"library x\n is missing\n")
    assert not sieve.sightings


def test_a_warning_of_each_step_is_kept_once_and_the_rest_is_counted_as_lines() -> None:
    sieve = sieved(*("CUDA out of memory\n" * 1000 for _ in range(5)))
    assert len(sieve.sightings[1]) == 1
    assert sieve.lines == 5000
    different = sieved(*(f"driver {n}.{n}\n" for n in range(100)))
    assert len(different.sightings[0]) == MOST_SIGHTINGS


def test_a_fact_s_text_is_no_line() -> None:
    sieve = sieved("one\n")
    sieve.feed_fact("nvidia_smi: driver 470.57 says out of memory")
    assert sieve.sightings[1][0].line == 0
    assert sieve.lines == 1


def test_overwritten_lines_are_found_and_not_counted() -> None:
    sieve = Sieve(["out of memory"])
    sieve.feed(b"first\n10%\x0b\n20%\x0b\nout of memory\n")
    assert sieve.sightings[0][0].line == 2
    assert sieve.lines == 2


def test_a_very_long_line_is_shown_around_what_matched() -> None:
    sieve = sieved("x" * 5000 + " out of memory " + "y" * 5000 + "\n")
    text = sieve.sightings[1][0].text
    assert "out of memory" in text
    assert len(text) < 500
    assert text[0] == text[-1] == "…"


def test_no_input_is_catastrophic() -> None:
    """What takes a backtracking engine longer than the age of the universe."""
    sieve = Sieve([r"(a*)*b", r"(x+x+)+y"])
    sieve.feed(b"a" * 200_000 + b"\n" + b"x" * 200_000 + b"\n")
    assert not sieve.sightings


def test_memory_does_not_grow_with_the_log() -> None:
    sieve = Sieve(PATTERNS)
    chunk = b"".join(b"step %d driver %d.1 loss 0.5\n" % (n, n) for n in range(2000))
    sieve.feed(chunk)
    tracemalloc.start()
    for _ in range(200):
        sieve.feed(chunk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_pattern_that_re2_does_not_take_is_told() -> None:
    assert compilable(r"(?=ahead)") is not None
    assert compilable(r"\d+ (?P<name>x)") is None
