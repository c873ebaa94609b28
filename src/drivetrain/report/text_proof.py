"""The screen of a proof: what was proven on which device, and every check that failed in full."""

from __future__ import annotations

from drivetrain.model.verdict import Proof, Verdict
from drivetrain.report.amounts import duration
from drivetrain.report.columns import table, wrapped
from drivetrain.report.markup import styled
from drivetrain.words import say


def proof_screen(proof: Proof, *, verbose: bool = False) -> list[str]:
    """Gives the lines of `drivetrain verify`."""
    lines = wrapped(f"{styled('strong', proof.prefix)}  {headline(proof)}", hanging=4)
    lines += ["", *table([_row(framework, device, verdicts) for (framework, device), verdicts in grouped(proof).items()], columns=100)]
    for verdict in proof.failed():
        lines += ["", *_failure(verdict)]
    rest = [each for each in proof.verdicts if each.state == "skipped" or (verbose and each.state == "passed")]
    if rest:
        words = {"passed": styled("good", say("passed")), "skipped": say("skipped")}
        lines += ["", *table([(words[each.state], each.framework, each.device, each.check, _time(each), each.says) for each in rest], columns=100)]
    return lines


def headline(proof: Proof) -> str:
    """Says in one line whether the environment is proven."""
    states = [each.state for each in proof.verdicts]
    if "failed" in states:
        return styled("error", say("not proven: {failed} of {count} checks failed", failed=states.count("failed"), count=len(states) - states.count("skipped")))
    if not states:
        return say("no framework to prove")
    if "passed" not in states:
        return styled("warning", say("nothing was proven: no check ran"))
    devices = sorted({each.device for each in proof.verdicts if each.state == "passed" and each.device != "-"})
    where = say(" and ").join(devices) or "-"
    return styled("good", say("proven on {devices}: {count} checks passed", devices=where, count=states.count("passed")))


def grouped(proof: Proof) -> dict[tuple[str, str], list[Verdict]]:
    """Gives the verdicts by framework and device, in their order."""
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in proof.verdicts:
        groups.setdefault((verdict.framework, verdict.device), []).append(verdict)
    return groups


def _row(framework: str, device: str, verdicts: list[Verdict]) -> tuple[str, ...]:
    states = [each.state for each in verdicts]
    words = []
    if states.count("failed"):
        words.append(styled("error", say("{count} failed", count=states.count("failed"))))
    if states.count("passed"):
        words.append(styled("good", say("{count} passed", count=states.count("passed"))))
    if states.count("skipped"):
        words.append(say("{count} skipped", count=states.count("skipped")))
    errors = [each.error_relative for each in verdicts if each.error_relative is not None]
    worst = say("largest error {error}", error=f"{max(errors):.1e}") if errors else ""
    seconds = sum(each.seconds or 0.0 for each in verdicts)
    return styled("name", framework), device, say(", ").join(words), worst, duration(seconds) if seconds else ""


def _failure(verdict: Verdict) -> list[str]:
    cause = f" {styled('dim', f'[{verdict.cause}]')}" if verdict.cause else ""
    return wrapped(f"{styled('error', say('failed'))}  {verdict.framework} {verdict.device} {verdict.check}: {verdict.says}{cause}", hanging=4)


def _time(verdict: Verdict) -> str:
    return duration(verdict.seconds) if verdict.seconds else ""
