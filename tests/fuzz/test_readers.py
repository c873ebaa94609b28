"""Every reader takes thousands of mutated inputs without a crash, a hang or much memory; what once broke one is among them.

`./test --full` takes twenty times as many, tests/fuzz/campaign.py as many as is promised.
"""

from __future__ import annotations

from random import Random

import pytest
from fuzz.mutation import LONGEST, mutated
from fuzz.target import OVER_A_LIBRARY, Target
from fuzz.targets import MOST_AT_ONCE, TARGETS, window_of

SEED = 20251124
RUNS, RUNS_OVER_A_LIBRARY, MORE = 1200, 120, 20


@pytest.mark.timeout(600)
@pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.name)
def test_no_input_breaks_a_reader(target: Target, request: pytest.FixtureRequest) -> None:
    campaign = pytest.importorskip("fuzz.campaign", reason="the guard against hangs needs a POSIX system")
    runs = RUNS_OVER_A_LIBRARY if target.promised == OVER_A_LIBRARY else RUNS
    done = campaign.campaign(target, runs if request.config.getoption("markexpr") else runs * MORE, SEED)
    assert not done.failure, (done.failure, done.content[:2000])
    assert done.runs >= runs + len(target.corpus())


@pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.name)
def test_each_has_a_small_corpus(target: Target) -> None:
    corpus = target.corpus()
    assert corpus
    assert all(0 < len(each) <= LONGEST for each in corpus)


def test_changes_are_many_and_the_same_for_a_seed() -> None:
    corpus, words = [b"abcdefgh" * 8, b"12345678" * 4], [b"WORD"]
    made = [mutated(Random(seed), corpus, words) for seed in range(300)]
    assert made == [mutated(Random(seed), corpus, words) for seed in range(300)]
    assert len(set(made)) > 250
    assert any(b"WORD" in each for each in made)


def test_the_campaign_notices_a_crash_a_hang_and_greed() -> None:
    campaign = pytest.importorskip("fuzz.campaign", reason="the guard against hangs needs a POSIX system")

    def hangs(content: bytes) -> None:
        while content:
            pass

    def crashes(content: bytes) -> None:
        if content[:1] != b"\x7f":
            raise IndexError("here")

    def is_greedy(content: bytes) -> None:
        window_of(content * (MOST_AT_ONCE // len(content) + 2) if content else b"").at(0, MOST_AT_ONCE + 1)

    for read, said in ((hangs, "takes more"), (crashes, "IndexError: here"), (is_greedy, "at once")):
        done = campaign.campaign(Target("elf", read, 10), 200, SEED)
        assert said in done.failure
        assert done.content
