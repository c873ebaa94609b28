"""Says in one line beside a plan that its facts have grown old, and the line that renews them."""

from __future__ import annotations

from drivetrain.cli.emit import emit_aside
from drivetrain.cli.session import Session
from drivetrain.words import say


def tell_of_old_facts(session: Session) -> None:
    """Tells it on standard error once the facts are older than a month."""
    if session.quiet or session.json:
        return
    from datetime import datetime, timezone

    from drivetrain.workflows.cache import cache_folder
    from drivetrain.workflows.facts import OLD_DAYS, days_old

    days = days_old(cache_folder(session.cache_dir), datetime.now(timezone.utc).date())
    if days is not None and days > OLD_DAYS:
        emit_aside(session, say("the facts are {days} days old; newer ones: {command}", days=days, command="drivetrain catalogue refresh"))
