"""The parts of the HTML report: why these versions, alternatives, findings, proofs, timings, the machine, every package."""

from __future__ import annotations

from collections.abc import Mapping

from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Audit, Outcome
from drivetrain.model.plan import Plan, Reason, Refusal
from drivetrain.model.verdict import Proof
from drivetrain.report.amounts import duration, size
from drivetrain.report.html_tags import Html, joined, table, tag
from drivetrain.report.text_audit import severity_words, tally
from drivetrain.report.text_plan import reasons_about, said_of, standing, summary
from drivetrain.report.text_proof import grouped
from drivetrain.report.text_refusal import way_commands
from drivetrain.report.text_up import step_words
from drivetrain.report.typed import Typed, requirement_name
from drivetrain.words import say

_TONES = {"error": "bad", "warning": "care", "note": "plain", "passed": "good", "failed": "bad", "skipped": "plain"}


def badge(words: str, tone: str) -> Html:
    """Gives a word or two in a tone; the words alone say it too."""
    return tag("span", words, class_=f"badge {tone}")


def section(title: str, *inside: str) -> Html:
    """Gives a part of the page under its heading."""
    return tag("section", tag("h2", title), *inside)


def reasons(plan: Plan) -> Html:
    """Says of each framework why it is not newer, with the whole chain below."""
    rows = []
    for package in plan.packages:
        if package.requested and package.name not in {requirement_name(each) for each in plan.requirements}:
            version = " ".join(filter(None, (package.version, package.build)))
            rows.append((package.name, tag("span", version, class_="number"), joined((standing(package, plan), _chain(reasons_about(plan, package.called))))))
    listed = [table((say("framework"), say("version"), say("why this one")), rows)] if rows else []
    rest = [each for each in plan.reasons if each.about not in {package.called for package in plan.packages if package.requested}]
    if rest:
        listed.append(_chain(tuple(rest), opened=not rows))
    return section(say("Why these versions"), *listed)


def _chain(listed: tuple[Reason, ...], *, opened: bool = False) -> Html:
    if not listed:
        return Html("")
    title = say("in full, with sources")
    return tag("details", tag("summary", title), _reason_list(listed), open="" if opened else None)


def _reason_list(listed: tuple[Reason, ...]) -> Html:
    items = []
    for each in listed:
        named = "" if each.about in each.says else f"{each.about}: "
        links = [tag("li", link(source)) for source in each.sources]
        further = tuple(reason for reason in each.because if reason.says not in each.says)
        because = _reason_list(further) if further else ""
        items.append(tag("li", named, said_of(each), " ", tag("code", each.cause, class_="quiet"), tag("ul", *links) if links else "", because))
    return tag("ul", *items, class_="plain-list")


def link(source: str) -> Html:
    """Gives a source as a link where it is an address of the web."""
    return tag("a", source, href=source) if source.startswith(("https://", "http://")) else tag("span", source)


def alternatives(plan: Plan) -> Html:
    """Gives other stacks that work."""
    cards = [tag("div", tag("h3", each.what), tag("p", each.costs), tag("p", summary(each.plan), class_="quiet"), class_="card") for each in plan.alternatives]
    return section(say("Otherwise"), *cards) if cards else Html("")


def asides(plan: Plan) -> Html:
    """Gives what is worth knowing beside the plan, and what was assumed."""
    notes = [tag("div", tag("p", each.says), tag("code", each.cause, class_="quiet"), class_="card care") for each in plan.findings]
    assumed = [tag("li", each) for each in plan.assumptions]
    if not notes and not assumed:
        return Html("")
    listed = [tag("p", say("Not known, and taken to hold:")), tag("ul", *assumed, class_="plain-list")] if assumed else []
    return section(say("Worth knowing"), *notes, *listed)


def refused(refusal: Refusal, typed: Typed) -> Html:
    """Gives what collides and what would work."""
    cards = [tag("div", _reason_list((each,)), class_="card bad") for each in refusal.refusal]
    ways = []
    for each in refusal.relaxations:
        command = joined(tag("pre", tag("code", line)) for line in way_commands(each.change, typed, "plan"))
        ways.append(tag("div", tag("h3", each.says), tag("p", summary(each.plan), class_="quiet"), command, class_="card good"))
    return joined((section(say("What collides"), *cards), section(say("What works"), *ways) if ways else ""))


def findings(audit: Audit) -> Html:
    """Gives each finding with its evidence and fix, and how much was looked at."""
    cards = [_finding(each) for each in audit.found()]
    if not cards:
        cards = [tag("p", badge(say("nothing is wrong"), "good"))]
    return section(say("Findings"), *cards, tag("p", tally(audit), class_="quiet"))


def _finding(outcome: Outcome) -> Html:
    tone = _TONES[outcome.severity]
    evidence = [tag("li", tag("code", each.path or ""), " ", each.text) for each in outcome.evidence]
    fixes = [joined((tag("p", tag("strong", say("fix")), " ", each.says), *(tag("pre", tag("code", line)) for line in each.commands))) for each in outcome.fix]
    head = tag("h3", badge(severity_words()[outcome.severity], tone), " ", outcome.about, " ", tag("code", outcome.cause, class_="quiet"))
    return tag("div", head, tag("p", outcome.says), tag("ul", *evidence, class_="plain-list") if evidence else "", *fixes, class_=f"card {tone}")


def proofs(proof: Proof) -> Html:
    """Gives one row for each check."""
    words = {"passed": say("passed"), "failed": say("failed"), "skipped": say("skipped")}
    rows = []
    skipped: dict[tuple[str, str], list[str]] = {}
    for (framework, device), verdicts in grouped(proof).items():
        for each in sorted(verdicts, key=lambda verdict: verdict.state != "failed"):
            if each.state == "skipped":
                skipped.setdefault((framework, each.says), []).append(each.check)
                continue
            error = f"{each.error_relative:.1e}" if each.error_relative is not None else ""
            time = duration(each.seconds) if each.seconds else ""
            fixed = tuple(tag("span", cell, class_="number") for cell in (device, each.check, error, time))
            rows.append((framework, *fixed[:2], badge(words[each.state], _TONES[each.state]), *fixed[2:], each.says))
    head = (say("framework"), say("device"), say("check"), say("answer"), say("relative error"), say("time"), say("what was seen"))
    left = [tag("li", f"{framework} {say(', ').join(checks)}: {says}") for (framework, says), checks in skipped.items()]
    return section(say("Proofs"), table(head, rows), tag("ul", *left, class_="plain-list quiet") if left else "")


def timings(seconds: Mapping[str, float]) -> Html:
    """Gives a bar for each step."""
    if not seconds:
        return Html("")
    names, longest = step_words(), max(seconds.values()) or 1.0
    rows = []
    for step, each in seconds.items():
        bar = tag("div", class_="bar", style=f"width:{max(100 * each / longest, 0.5):.1f}%", aria_hidden="true")
        rows += [tag("dt", names.get(step, step)), tag("dd", bar), tag("dd", duration(each), class_="number")]
    return section(say("Time"), tag("dl", *rows, class_="bars"))


def packages(plan: Plan) -> Html:
    """Gives every package of the plan, folded."""
    rows = [(each.name, each.version, each.build, each.source, size(each.bytes) if each.bytes else "") for each in plan.packages]
    head = (say("package"), say("version"), say("build"), say("from"), say("download"))
    return section(say("Every package"), tag("details", tag("summary", say("{count} packages", count=len(rows))), table(head, rows)))


def machine_facts(machine: Machine) -> Html:
    """Gives what the plan was made for."""
    os = machine.os
    gpus = say(", ").join(each.name for each in machine.gpus) or say("no GPU")
    driver = machine.driver.version if machine.driver else "-"
    rows = [
        (say("system"), say(", ").join(filter(None, (os.name or os.family, f"glibc {os.glibc}" if os.glibc else "", machine.arch)))),
        ("GPU", gpus),
        (say("driver"), driver),
    ]
    return section(say("The machine"), table((say("what"), say("value")), rows))
