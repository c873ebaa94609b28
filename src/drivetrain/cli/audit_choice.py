"""The flags of `audit` and `fix` that say what counts, read together with the project's drivetrain.toml."""

from __future__ import annotations

import argparse
from pathlib import Path

from drivetrain.cli.session import Session
from drivetrain.model.choice import Choice
from drivetrain.model.outcome import Audit
from drivetrain.words import say


def add_choice_flags(parser: argparse.ArgumentParser, *, baseline: bool = False) -> None:
    """Adds the flags; `baseline`: those of the files of known findings too."""
    group = parser.add_argument_group(say("what counts"))
    cause, file = say("CAUSE[,CAUSE...]"), say("FILE")
    group.add_argument("--select", action="append", metavar=cause, help=say("only these causes count; * stands for any characters"))
    group.add_argument("--ignore", action="append", metavar=cause, help=say("these causes do not count"))
    group.add_argument("--config", metavar=file, help=say("the settings; default: drivetrain.toml here or in a folder above, else in the prefix"))
    group.add_argument("--baseline", metavar=file, help=say("findings that this file has written down do not count"))
    if baseline:
        group.add_argument("--write-baseline", metavar=file, help=say("write down what is found now, and end with 0"))


def choice_of_options(options: argparse.Namespace, prefix: Path) -> Choice:
    """Gives what counts in that environment."""
    from drivetrain.workflows.choosing import Asked, choice_of

    return choice_of(Asked(select=_causes(options.select), ignore=_causes(options.ignore), config=options.config, baseline=options.baseline), prefix)


def counted(audit: Audit, options: argparse.Namespace, prefix: Path) -> Audit:
    """Gives the audit with what does not count apart; from here on `options.fail_on` is the threshold that holds."""
    from drivetrain.audit.choosing import chosen

    choice = choice_of_options(options, prefix)
    options.fail_on = options.fail_on or choice.fail_on or "error"
    return chosen(audit, choice)


def write_down(audit: Audit, options: argparse.Namespace, session: Session) -> bool:
    """Writes the baseline where asked for, and says so."""
    if options.write_baseline is None:
        return False
    from drivetrain.cli.emit import emit_aside
    from drivetrain.workflows.choosing import write_baseline

    count = write_baseline(audit, options.write_baseline)
    emit_aside(session, say("{file} holds {count} findings: they do not count under --baseline {file}", file=options.write_baseline, count=count))
    return True


def _causes(given: list[str] | None) -> tuple[str, ...]:
    return tuple(each.strip() for text in given or () for each in text.split(","))
