"""Ranks the causes that a log and the facts speak for: lines add up, facts multiply the odds, one cause's line can rule out another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import exp, log
from typing import TYPE_CHECKING

from msgspec import Struct

from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.diagnose.conditions import Known, all_hold
from drivetrain.diagnose.facts import joined, number_of
from drivetrain.diagnose.propositions import PROPOSITIONS, Propositions
from drivetrain.diagnose.sheet import Sheet
from drivetrain.diagnose.sieve import Sieve, Sighting
from drivetrain.model.cause import Cause, Signature

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue

UNTOLD_SHARE = 0.5
"""Of a signature's weight what is left where a condition of it is not known."""
FROM_FACTS_SHARE = 0.8
"""Of a signature's weight what is left where a fact's text bears it, not a line of the log."""
RULED_OUT = 0.05
LEAST = 0.05
"""Less than this is no answer."""
NAMED_LEAST = 0.3
"""From this on a real cause is told before a benign line."""
MOST = 8


class Ranked(Struct, frozen=True, kw_only=True):
    """One cause and what speaks for it."""

    cause: Cause
    confidence: float
    probability: float
    benign: bool = False
    sightings: tuple[tuple[Signature, Sighting], ...]
    says: tuple[str, ...] = ()
    """What the facts say for it."""


class Reading(Struct, frozen=True, kw_only=True):
    """A log that was read: everything that the causes are asked with."""

    sheet: Sheet
    sieve: Sieve
    facts: Mapping[str, str]
    propositions: Propositions
    seen: frozenset[str]
    covered: Mapping[int, float]
    """Lines that are benign, with the weight of what says so."""

    @property
    def speaks_of_gpus(self) -> bool:
        """Whether the log has a symptom that is no failure of just anything: without one, facts alone explain nothing."""
        return any(symptom.fault and not symptom.vague and symptom.name in self.seen for symptom, _ in self.sheet.symptoms(self.sieve))

    def known(self, groups: Iterable[tuple[str, str]] = ()) -> Known:
        return Known(facts={**self.facts, **dict(groups)}, seen=self.seen, proposition=self.propositions.holds, propositions=PROPOSITIONS)


def reading_of(sheet: Sheet, sieve: Sieve, given: Mapping[str, str], catalogue: Callable[[], Catalogue]) -> Reading:
    """Joins what was given with what the log tells, and finds its benign lines."""
    facts = joined(given, sheet.facts(sieve))
    everything = frozenset(symptom.name for symptom, _ in sheet.symptoms(sieve))
    first = Reading(sheet=sheet, sieve=sieve, facts=facts, propositions=Propositions(facts, catalogue), seen=everything, covered={})
    covered: dict[int, float] = {}
    for cause in sheet.knowledge.causes:
        if cause.benign:
            for _, sighting, weight in _weighed(cause, first):
                covered[sighting.line] = max(weight, covered.get(sighting.line, 0.0))
    seen = frozenset(symptom.name for symptom, lines in sheet.symptoms(sieve) if any(each.line not in covered for each in lines) or not symptom.fault)
    return Reading(sheet=sheet, sieve=sieve, facts=facts, propositions=first.propositions, seen=seen, covered=covered)


def ranked(reading: Reading) -> tuple[Ranked, ...]:
    """Gives the causes, the likeliest first; none where nothing known was recognised."""
    speaking = {cause.cause: list(_weighed(cause, reading)) for cause in reading.sheet.knowledge.causes}
    out = {slug for found in speaking.values() for signature, _, weight in found if weight >= NAMED_LEAST for slug in signature.rules_out}
    scored = [_scored(cause, speaking[cause.cause], reading, ruled_out=cause.cause in out) for cause in reading.sheet.knowledge.causes]
    real = sorted((each for each in scored if not each.cause.benign and each.probability >= LEAST), key=lambda one: -one.probability)
    benign = [each for each in scored if each.cause.benign and each.sightings]
    total = sum(_odds(each.probability) for each in real)
    counted = [_with_confidence(each, _odds(each.probability) / total) for each in real]
    named = [each for each in counted if each.probability >= NAMED_LEAST]
    if benign and not named:
        # A failure that nothing explains is not called benign because of a harmless line beside it.
        first = [_with_confidence(each, 1.0) for each in benign] if not _failed(reading) else []
        return (*first, *counted)[:MOST]
    return (*_in_order(counted), *(_with_confidence(each, 1.0) for each in benign))[:MOST]


def _failed(reading: Reading) -> bool:
    return bool(reading.seen & {"traceback"}) and not reading.seen & {"training-goes-on", "gpu-listed"}


def _in_order(found: list[Ranked]) -> list[Ranked]:
    """What must be mended first comes first where both are as good as certain."""
    if not found:
        return found
    first = found[0]
    for number, each in enumerate(found[1:], 1):
        if each.confidence >= 0.5 and first.cause.cause in each.cause.before:
            return [each, *found[:number], *found[number + 1 :]]
    return found


def _weighed(cause: Cause, reading: Reading) -> Iterable[tuple[Signature, Sighting, float]]:
    """Gives each signature that counts, with the line on which it counts most."""
    for signature, sightings in reading.sheet.sightings_of(cause, reading.sieve):
        found = [(weight, sighting) for sighting in sightings if (weight := _weight(cause, signature, sighting, reading))]
        if cause.benign:
            yield from ((signature, sighting, weight) for weight, sighting in found)
        elif found:
            weight, sighting = max(found, key=lambda one: (one[0], -one[1].line))
            yield signature, sighting, weight


def _weight(cause: Cause, signature: Signature, sighting: Sighting, reading: Reading) -> float:
    if not cause.benign and reading.covered.get(sighting.line, 0.0) >= signature.weight:
        return 0.0
    weight = signature.weight * (1.0 if sighting.line else FROM_FACTS_SHARE)
    answers = [_framework_fits(signature, reading.facts), all_hold(signature.when, reading.known(sighting.groups))]
    return 0.0 if False in answers else weight * (UNTOLD_SHARE if None in answers else 1.0)


def _framework_fits(signature: Signature, facts: Mapping[str, str]) -> bool:
    """A framework that is not known permits; so does a version that cannot be read."""
    mine = facts.get("framework")
    if signature.frameworks and mine in _KNOWN and mine not in signature.frameworks:
        return False
    version = number_of(facts.get("framework_version", ""))
    return not (signature.versions and version and not satisfies(version, signature.versions))


_KNOWN = frozenset({"torch", "tensorflow", "jax", "cupy", "onnxruntime", "mxnet", "paddle"})
"""Frameworks whose messages are their own; what is built upon them prints theirs too."""


def _scored(cause: Cause, found: list[tuple[Signature, Sighting, float]], reading: Reading, *, ruled_out: bool) -> Ranked:
    by_line: dict[int, float] = {}
    for _, sighting, weight in found:
        by_line[sighting.line] = max(weight, by_line.get(sighting.line, 0.0))
    nothing = 1.0
    for weight in by_line.values():
        nothing *= 1.0 - weight
    probability = 1.0 - nothing
    known = reading.known(found[0][1].groups if found else ())
    says: list[str] = []
    factor, alone = 1.0, 0.0
    for fact in cause.fact:
        if all_hold(fact.when, known) is True:
            factor *= fact.factor
            alone = max(alone, fact.alone)
            if fact.factor > 1 or fact.alone:
                says += [said for each in fact.when if (said := reading.propositions.answer(each)[1] if each in PROPOSITIONS else "")]
    for signature, _, _ in found:
        says += [said for each in signature.when if each in PROPOSITIONS and (said := reading.propositions.answer(each)[1])]
    if not found:
        probability = alone if reading.speaks_of_gpus else 0.0
    odds = _odds(probability) * (factor if found else 1.0) * (RULED_OUT if ruled_out else 1.0)
    return Ranked(
        cause=cause,
        confidence=0.0,
        benign=cause.benign or (bool(cause.benign_when) and all_hold(cause.benign_when, known) is True),
        probability=odds / (1.0 + odds),
        sightings=tuple((signature, sighting) for signature, sighting, _ in found),
        says=tuple(dict.fromkeys(says)),
    )


def _odds(probability: float) -> float:
    bounded = min(probability, 0.995)
    return bounded / (1.0 - bounded)


def _with_confidence(found: Ranked, share: float) -> Ranked:
    from msgspec.structs import replace

    return replace(found, confidence=round(calibrated(found.probability, share), 2))


def calibrated(probability: float, share: float) -> float:
    """Gives how often an answer of this probability and this share among its rivals is right.

    The three numbers come from a logistic regression on labelled cases (tools/calibrate.py).
    """
    a, b, c = 0.0, 0.6, 0.6
    value = a + b * log(_odds(max(probability, 1e-3))) + c * log(_odds(min(max(share, 1e-3), 0.98)))
    return min(0.99, max(0.01, 1.0 / (1.0 + exp(-value))))
