"""Every page's data: patterns that RE2 takes, conditions over things that exist, a source for each signature, a fix that can be typed, in both languages."""

from __future__ import annotations

import re
from functools import cache

import pytest

from drivetrain.causes import page, slugs
from drivetrain.causes.knowledge import knowledge, words_of_fixes
from drivetrain.diagnose.conditions import names_in
from drivetrain.diagnose.propositions import PROPOSITIONS
from drivetrain.diagnose.sieve import compilable
from drivetrain.model.cause import Cause, Knowledge

FIELD = re.compile(r"\{([A-Za-z][\w.-]*)\}")


@cache
def known() -> Knowledge:
    return knowledge()


def every_cause() -> list[Cause]:
    return list(known().causes)


each_cause = pytest.mark.parametrize("cause", every_cause(), ids=lambda cause: cause.cause)


@each_cause
def test_patterns_are_re2_and_name_their_sources(cause: Cause) -> None:
    for each in cause.signature:
        assert bool(each.pattern) != bool(each.symptom), f"a signature has either a pattern or a symptom: {each}"
        assert not each.pattern or compilable(each.pattern) is None, f"{each.pattern}: {compilable(each.pattern)}"
        assert each.seen_in, f"{each.pattern or each.symptom}: no source"
        assert all(source.startswith("https://") for source in each.seen_in), each.seen_in


@each_cause
def test_conditions_ask_for_things_that_exist(cause: Cause) -> None:
    symptoms = {each.name for each in known().symptoms}
    conditions = [*cause.benign_when, *(each for part in (*cause.signature, *cause.fact, *cause.fix) for each in part.when)]
    for each in conditions:
        kind, name = names_in(each)
        assert kind, f"{each!r} is no condition"
        assert kind != "symptom" or name in symptoms, f"{each!r}: no symptom of that name"
    assert {each.symptom for each in cause.signature if each.symptom} <= symptoms
    asked = {name for each in conditions for kind, name in [names_in(each)] if kind == "name" and "-" in name}
    assert asked <= PROPOSITIONS, f"no propositions: {asked - PROPOSITIONS}"


@each_cause
def test_what_is_ruled_out_has_a_page(cause: Cause) -> None:
    named = {slug for each in cause.signature for slug in each.rules_out} | set(cause.before)
    assert named <= set(slugs())
    assert cause.cause not in named


@each_cause
def test_a_signature_s_part_is_a_section_of_the_page(cause: Cause) -> None:
    for language in ("en", "zh"):
        text = page(cause.cause, language).body_markdown
        missing = [each.part for each in cause.signature if each.part and f"{{#{each.part}}}" not in text]
        assert not missing, f"{language}: no section {missing}"


@each_cause
def test_fixes_can_be_typed_in_both_languages(cause: Cause) -> None:
    chinese = words_of_fixes(cause.cause, "zh")
    assert set(chinese) == {each.id for each in cause.fix}
    for each in cause.fix:
        assert set(FIELD.findall(chinese[each.id])) == set(FIELD.findall(each.says)), f"{each.id}: placeholders differ"
    if cause.signature and not cause.benign:
        plain = [each for each in cause.fix if not each.when and not FIELD.search(each.says)]
        assert plain, "no fix without a condition and a placeholder"


def test_symptoms_and_readings_are_re2() -> None:
    patterns = [pattern for each in known().symptoms for pattern in each.patterns] + [each.pattern for each in known().readings]
    assert not [(each, compilable(each)) for each in patterns if compilable(each)]
    names = [each.name for each in known().symptoms]
    assert len(names) == len(set(names)), "two symptoms of one name"
    assert all(each.seen_in for each in known().symptoms)
