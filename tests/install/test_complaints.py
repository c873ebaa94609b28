"""What uv says when it fails becomes one line of the right kind; the texts are uv 0.13's and, where marked, 0.9's."""

from __future__ import annotations

import pytest

from drivetrain.errors import DrivetrainError, EngineError, IndexUnreachable, PrefixError
from drivetrain.install.complaints import breakdown, explanation, without_credentials
from drivetrain.process import Finished

UNREACHABLE = """error: Failed to fetch: https://index.example/simple/alpha/
  cause: error sending request for url (https://me:pw@index.example/simple/alpha/)
  cause: dns error: failed to lookup address information: Name or service not known
"""
UNAUTHORISED = """error: Failed to download `alpha==1.0`
  cause: Failed to fetch: https://index.example/alpha-1.0-py3-none-any.whl
  cause: HTTP status client error (401 Unauthorized) for url (https://index.example/alpha-1.0-py3-none-any.whl)
"""
CERTIFICATE = """error: Failed to fetch: `https://index.example/simple/alpha/`
  cause: invalid peer certificate: UnknownIssuer
"""
FULL = """error: Failed to install: torch-2.10.0-cp312-cp312-linux_x86_64.whl (torch==2.10.0)
  cause: failed to write to file `/x`: No space left on device (os error 28)
"""
OLD_CLASH = """  × No solution found when resolving dependencies:
  ╰─▶ Because a==1 depends on b<2 and you require a==1, we can conclude
      that you require b<2.
      And because you require b==2, we can conclude that your
      requirements are unsatisfiable.
"""


def failed(err: str) -> DrivetrainError:
    return breakdown(Finished((), 2, "", err, False, 0.1), "the lock was not made")


@pytest.mark.parametrize(
    ("err", "kind", "says", "advice"),
    [
        (UNREACHABLE, IndexUnreachable, "https://index.example did not answer (dns error: failed to lookup", "--index"),
        (UNAUTHORISED, IndexUnreachable, "https://index.example did not answer (HTTP status client error (401 Unauthorized)", "user and password"),
        (CERTIFICATE, IndexUnreachable, "https://index.example did not answer (invalid peer certificate", "pip config set global.cert"),
        (FULL, PrefixError, "the disk is full", "--cache-dir"),
        ("error: Something new\n  cause: in uv\n", EngineError, "the lock was not made: Something new: in uv", "--debug"),
        ("error: Failed to initialize cache at `/ro`\n  cause: Read-only file system (os error 30)\n", PrefixError, "/ro", "--cache-dir"),
        ("error: Failed to read `--find-links` directory: /nowhere\n  cause: No such file\n", EngineError, "/nowhere", "correct --find-links"),
        ("", EngineError, "uv ended with status 2", "--debug"),
    ],
)
def test_each_breakdown_is_one_line_with_a_way_out(err: str, kind: type[DrivetrainError], says: str, advice: str) -> None:
    error = failed(err)
    assert type(error) is kind
    assert says in error.says
    assert advice in error.next
    assert "\n" not in error.says
    assert "pw" not in error.says + error.course
    assert error.course == without_credentials(err).strip()


def test_an_older_uvs_explanation_is_read_too() -> None:
    text = explanation(OLD_CLASH)
    assert text is not None
    assert text.startswith("Because a==1 depends on b<2")
    assert text.endswith("requirements are unsatisfiable.")
    assert not set("×╰─▶") & set(text)


def test_no_explanation_without_one() -> None:
    assert explanation(UNREACHABLE) is None


def test_a_user_that_an_address_needs_stays() -> None:
    assert without_credentials("git+ssh://git@git.example/r ssh://me:pw@git.example/r") == "git+ssh://git@git.example/r ssh://me@git.example/r"


def test_credentials_are_taken_out_of_any_text() -> None:
    assert (
        without_credentials("see https://me:p%40ss@index.example/x and git+https://token@git.example/r")
        == "see https://index.example/x and git+https://git.example/r"
    )
