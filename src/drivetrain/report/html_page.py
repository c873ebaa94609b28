"""Gives a plan or what `up` did as one HTML file: no script, no font, no picture and no request to anywhere."""

from __future__ import annotations

from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.report import Up
from drivetrain.report.columns import width
from drivetrain.report.html_sections import (
    alternatives,
    asides,
    badge,
    findings,
    machine_facts,
    packages,
    proofs,
    reasons,
    refused,
    section,
    timings,
)
from drivetrain.report.html_stack import stack
from drivetrain.report.html_style import STYLE
from drivetrain.report.html_tags import Html, joined, tag
from drivetrain.report.markup import unmarked
from drivetrain.report.text_audit import audit_headline
from drivetrain.report.text_plan import driver_lines, size_lines, stack_line
from drivetrain.report.text_proof import headline
from drivetrain.report.typed import Typed
from drivetrain.words import language, say

_TAGS = {"en": "en", "zh": "zh-Hans"}


def plan_page(plan: Plan | Refusal, machine: Machine | None, typed: Typed) -> str:
    """Gives the page of a plan or a refusal."""
    if isinstance(plan, Refusal):
        return _document(say("No stack"), [badge(say("refused"), "bad")], refused(plan, typed))
    lines = [*driver_lines(plan, machine), *size_lines(plan)]
    parts = [*_stack(plan, machine), reasons(plan), asides(plan), alternatives(plan), _commands(plan.commands), packages(plan)]
    return _document(_title(plan), [badge(say("planned, nothing installed yet"), "plain")], *(tag("p", each) for each in lines), *parts, _machine(machine))


def up_page(up: Up, machine: Machine | None, typed: Typed, *, activate: str = "", made: str = "") -> str:
    """Gives the page of what `up` did; `made` is the day, as text."""
    if up.plan is None or isinstance(up.plan, Refusal):
        return plan_page(up.plan or Refusal(refusal=()), machine, typed)
    plan = up.plan
    lead = [tag("p", tag("code", up.prefix), " ", made, class_="quiet"), *(tag("p", each) for each in driver_lines(plan, machine))]
    if up.says:
        lead.append(tag("p", up.says))
    checked = [findings(up.audit) if up.audit else "", proofs(up.verify) if up.verify else ""]
    commands = tuple(filter(None, (activate, typed.bare("run", *typed.placed, "--", "python", "train.py")))) if up.status == "done" else ()
    parts = [*_stack(plan, machine), _commands(commands), reasons(plan), asides(plan), *checked, alternatives(plan), timings(up.seconds)]
    return _document(_title(plan), _badges(up), *lead, *parts, packages(plan), _machine(machine))


def _badges(up: Up) -> list[Html]:
    words = {"done": (say("ready"), "good"), "failed": (say("failed"), "bad"), "refused": (say("refused"), "bad")}
    badges = [badge(*words[up.status])]
    if up.audit is not None:
        tone = "bad" if up.audit.found("error") else "care" if up.audit.found("warning") else "good"
        badges.append(badge(say("audit: {headline}", headline=unmarked(audit_headline(up.audit))), tone))
    if up.verify is not None:
        states = {each.state for each in up.verify.verdicts}
        tone = "bad" if "failed" in states else "good" if "passed" in states else "care"
        badges.append(badge(unmarked(headline(up.verify)), tone))
    return badges


def _title(plan: Plan) -> str:
    names = [f"{each.name} {each.version}" for each in plan.packages if each.requested]
    title = " · ".join(names) or say("One stack")
    return title if width(title) <= 120 else say("{count} packages that fit together", count=len(names))


def _stack(plan: Plan, machine: Machine | None) -> list[Html]:
    return [section(say("The stack"), stack(plan, machine), tag("p", stack_line(plan), class_="quiet"))]


def _commands(commands: tuple[str, ...]) -> Html:
    return section(say("To type next"), tag("pre", tag("code", "\n".join(commands)))) if commands else Html("")


def _machine(machine: Machine | None) -> Html:
    return machine_facts(machine) if machine else Html("")


def _document(title: str, badges: list[Html], *parts: str) -> str:
    from drivetrain import __version__

    head = tag(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'),
        tag("title", f"{title} · drivetrain"),
        tag("style", Html(STYLE)),
    )
    header = tag("header", tag("h1", title), tag("ul", *(tag("li", each) for each in badges), class_="badges"))
    footer = tag("footer", f"drivetrain {__version__}")
    body = tag("body", header, tag("main", *parts), footer)
    return "<!doctype html>\n" + joined((tag("html", head, body, lang=_TAGS[language()]),)) + "\n"
