"""Files that changed after they were installed: an edit, a list of certificates, a loss."""

from __future__ import annotations

from audit.facts import environment, found, machine, one, outcomes, states

from drivetrain.model.environment import DiskFile, Installed, OwnedFile
from drivetrain.model.outcome import Outcome

CAUSE = "environment-incomplete"


def changed(path: str, size: int | None) -> Installed:
    owned = OwnedFile(path=path, sha256=None, size_bytes=10)
    return one("certifi", "2026.5.20", installer="pip", files=(owned,), missing=1, damaged=(DiskFile(path=path, size_bytes=size, sha256=None),))


def told(installed: Installed) -> Outcome:
    return found(machine(), environment(installed))[CAUSE]


def test_certificates_that_were_added_are_a_note_without_a_fix_that_would_take_them_away() -> None:
    outcome = told(changed("certifi/cacert.pem", 12))
    assert (outcome.severity, outcome.fix) == ("note", ())
    assert told(changed("certifi/core.py", 12)).severity == "warning"


def test_certificates_that_are_gone_are_an_error() -> None:
    assert told(changed("certifi/cacert.pem", None)).severity == "error"


def test_what_is_whole_is_clear_and_what_could_not_be_read_is_not_told() -> None:
    assert "clear" in states(CAUSE, outcomes(machine(), environment(one("certifi", "2026.5.20"))))
    assert "unknown" in states(CAUSE, outcomes(machine(), environment(one("certifi", "2026.5.20"), notes=("certifi: has no RECORD",))))
