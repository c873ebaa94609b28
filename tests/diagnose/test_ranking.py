"""How lines, facts and what rules out what make the order; on a small knowledge of its own, so that no page's wording matters."""

from __future__ import annotations

from typing import Any

from drivetrain.diagnose.facts import facts_of
from drivetrain.diagnose.mending import proposals
from drivetrain.diagnose.ranking import Ranked, Reading, ranked, reading_of
from drivetrain.diagnose.sheet import Sheet
from drivetrain.diagnose.sieve import Sieve
from drivetrain.frameworks import catalogue
from drivetrain.model.cause import Cause, FactSays, FixOfPage, Knowledge, Signature, Symptom
from drivetrain.model.cause import Reading as FactLine

SEEN = ("https://forge.example/one",)
OTHER = "https://forge.example/two"


def signature(pattern: str, weight: float, **more: Any) -> Signature:
    return Signature(pattern=pattern, weight=weight, **{"seen_in": SEEN, **more})


KNOWN = Knowledge(
    causes=(
        Cause(
            cause="driver",
            sources=SEEN,
            signature=(signature("driver too old", 0.8, rules_out=("library",)), Signature(symptom="no-gpu", weight=0.3, seen_in=(OTHER,))),
        ),
        Cause(
            cause="library",
            sources=SEEN,
            signature=(signature("library missing", 0.7), Signature(symptom="no-gpu", weight=0.4, when=("cudnn-absent",), seen_in=SEEN)),
            fact=(FactSays(when=("os=windows",), factor=0.01),),
        ),
        Cause(cause="absent", sources=SEEN, fact=(FactSays(when=("driver-missing",), alone=0.6),), fix=(FixOfPage(id="x", says="x"),)),
        Cause(cause="first", sources=SEEN, signature=(signature("disk full", 0.7),), before=("driver",)),
        Cause(cause="harmless", sources=SEEN, benign=True, signature=(signature("warning: library missing, never mind", 0.95),)),
    ),
    symptoms=(
        Symptom(name="no-gpu", patterns=("GPUs: 0",), seen_in=(*SEEN, OTHER)),
        Symptom(name="traceback", patterns=(r"Error:",), vague=True, seen_in=SEEN),
    ),
    readings=(FactLine(pattern=r"system is (?P<os>\w+)", seen_in=SEEN),),
)


def read(log: str, without: str | None = None, **facts: Any) -> Reading:
    sheet = Sheet(KNOWN, without=without)
    sieve = Sieve(sheet.patterns)
    sieve.feed(log.encode() + b"\n")
    return reading_of(sheet, sieve, facts_of(facts), lambda: catalogue(None))


def found(log: str, without: str | None = None, **facts: Any) -> dict[str, Ranked]:
    return {each.cause.cause: each for each in ranked(read(log, without, **facts))}


def test_what_nobody_knows_is_no_cause() -> None:
    assert not found("all is well\nValueError: Error: shapes differ")


def test_different_lines_add_up_and_one_line_counts_once() -> None:
    alone, both = found("driver too old"), found("driver too old\nGPUs: 0")
    assert both["driver"].probability > alone["driver"].probability
    assert found("driver too old GPUs: 0")["driver"].probability == alone["driver"].probability
    assert found("driver too old\ndriver too old")["driver"].probability == alone["driver"].probability


def test_an_unknown_condition_weighs_half_and_a_false_one_nothing() -> None:
    unknown = found("GPUs: 0")["library"].probability
    holds = found("GPUs: 0", cudnn_installed="none")["library"].probability
    assert 0 < unknown < holds
    assert "library" not in found("GPUs: 0", cudnn_installed="9.1")


def test_facts_multiply_the_odds_whoever_tells_them() -> None:
    assert "library" not in found("library missing", os="windows")
    assert "library" not in found("the system is windows\nlibrary missing"), "the log's own words are facts too"


def test_a_line_of_one_cause_rules_out_another() -> None:
    assert next(iter(found("library missing\ndriver too old"))) == "driver"
    assert found("library missing\ndriver too old")["library"].probability < found("library missing")["library"].probability


def test_facts_alone_explain_a_symptom_and_no_failure_of_just_anything() -> None:
    assert "absent" in found("GPUs: 0", driver="none")
    assert "absent" not in found("ValueError: Error: shapes differ", driver="none")
    assert "absent" not in found("all is well", driver="none")


def test_a_harmless_line_is_no_evidence_and_hides_no_fault() -> None:
    harmless = found("warning: library missing, never mind")
    assert list(harmless) == ["harmless"]
    assert harmless["harmless"].benign
    both = list(found("warning: library missing, never mind\ndriver too old"))
    assert both[0] == "driver"
    assert both[-1] == "harmless"
    assert not found("warning: library missing, never mind\nRuntimeError: Error: it broke"), "an unexplained failure is not called harmless"


def test_what_must_be_mended_first_comes_first() -> None:
    assert next(iter(found("driver too old\ndisk full"))) == "first"


def test_what_one_thread_alone_tells_can_be_left_out() -> None:
    assert list(found("driver too old\nGPUs: 0", without=SEEN[0])) == ["driver"], "the symptom is known from elsewhere too"
    assert not found("driver too old", without=SEEN[0] + "#issuecomment-1")


def test_confidence_grows_with_what_speaks_for_it() -> None:
    one, two = found("GPUs: 0")["driver"], found("GPUs: 0\ndriver too old")["driver"]
    assert 0 < one.confidence < two.confidence < 1


def test_fixes_that_hold_come_before_those_that_may_and_nothing_is_left_to_fill_in() -> None:
    fixes = (
        FixOfPage(id="windows", says="On Windows.", when=("os=windows",), commands=("winget x",)),
        FixOfPage(id="ubuntu", says="On Ubuntu.", when=("distro=ubuntu",), commands=("apt x",)),
        FixOfPage(id="version", says="Take {release}.", commands=("pip install x=={release}",)),
        FixOfPage(id="any", says="Anywhere.", commands=("true",)),
    )
    cause = Cause(cause="driver", sources=SEEN, fix=fixes)

    def told(**facts: Any) -> list[str]:
        reading = read("x", **facts)
        one = Ranked(cause=cause, confidence=0.5, probability=0.5, sightings=())
        return [each.says for each in proposals(one, reading, {"any": "überall"})]

    assert told(os="windows") == ["On Windows.", "überall"]
    assert told(os="linux", distro="Ubuntu 22.04") == ["On Ubuntu.", "überall"]
    assert told(framework="torch", framework_version="2.4.0")[0] == "Take 2.4.0."
    assert told() == ["überall"]
