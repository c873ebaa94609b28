"""Understands what uv says when it fails: which breakdown it is, in one line, without anybody's password.

uv has no machine-readable errors; the wordings are those of uv 0.9 to 0.13 (`error:`/`cause:` lines, earlier `×`/`╰─▶`).
"""

from __future__ import annotations

import re

from drivetrain.errors import DrivetrainError, EngineError, IndexUnreachable, PrefixError
from drivetrain.process import Finished
from drivetrain.words import say

_CREDENTIALS = re.compile(r"((?:https?|ftp)://)[^/\s@'\"]+@")
_PASSWORD = re.compile(r"(?<=://)([^/\s@'\":]+):[^/\s@'\"]+@")
_DECORATION = re.compile(r"^(?:error:|cause:|Caused by:|[×╰─▶├│┬]|\s)+", re.IGNORECASE)
_URL = re.compile(r"\b(?:https?|ftp)://[^\s`'\"(),]+")
_UNREACHABLE = re.compile(
    r"Failed to fetch|error sending request|dns error|client error \(Connect\)|tcp connect error|connection (?:refused|reset|closed)|timed? ?out|"
    r"Network is unreachable|Could not connect|operation timed out|status (?:client|server) error \((?:401|403|407|429|5\d\d)|certificate|tls handshake",
    re.IGNORECASE,
)
_NO_SOLUTION = "No solution found"


def without_credentials(text: str) -> str:
    """Takes passwords out of every URL of a text, and user names where they may be tokens; `ssh://git@host` needs its user."""
    return _PASSWORD.sub(r"\1@", _CREDENTIALS.sub(r"\1", text))


def explanation(err: str) -> str | None:
    """Gives uv's own explanation of why nothing satisfies the requirements; None when it failed for another reason."""
    _, found, rest = err.partition(_NO_SOLUTION)
    if not found or "network was disabled" in rest:
        return None
    lines = [_DECORATION.sub("", line).strip() for line in rest.splitlines()[1:]]
    return without_credentials("\n".join(line for line in lines if line))


def breakdown(finished: Finished, doing: str) -> DrivetrainError:
    """Gives the error that says what broke; `doing` begins its sentence ("the lock was not made")."""
    err = without_credentials(finished.err)
    error = _breakdown(finished.code, err, doing)
    error.course = err.strip()
    return error


def _breakdown(code: int, err: str, doing: str) -> DrivetrainError:
    causes = _causes(err)
    last = causes[-1] if causes else say("uv ended with status {status}", status=code)
    if "os error 28" in err or "No space left on device" in err:
        return PrefixError(say("{doing}: the disk is full", doing=doing), say("make room, or choose other places with --prefix and --cache-dir"))
    mismatch = re.search(r"Hash mismatch for `([^`]+)`", err)
    if mismatch:
        expected, computed = (_after(err, word) for word in ("Expected:", "Computed:"))
        return EngineError(
            say(
                "{doing}: {package} is not the file that the lock names (expected {expected}, got {computed})",
                doing=doing,
                package=mismatch[1],
                expected=expected,
                computed=computed,
            ),
            say("somebody changed the file or the lock: make the lock anew, and do not install this file"),
        )
    if "network was disabled" in err or "Network connectivity is disabled" in err:
        missing = sorted(set(re.findall(r"Because (\S+) was not found in the cache", err)) | set(re.findall(r"Failed to (?:download|fetch) `([^`]+)`", err)))
        return IndexUnreachable(
            say("{doing}: the cache does not hold all that is needed ({names})", doing=doing, names=", ".join(missing) or last),
            say("run it once without --offline"),
        )
    if _UNREACHABLE.search(err):
        url = _URL.search(err)
        last = re.sub(r"\s*\(https?://\S+\)", "", last)
        place = re.sub(r"^(\w+://[^/]+).*", r"\1", url[0]) if url else say("a package index")
        return IndexUnreachable(say("{doing}: {place} did not answer ({reason})", doing=doing, place=place, reason=last), _way_out(err))
    says = f"{doing}: {_joined(causes) or last}"
    if "Failed to initialize cache" in err:
        return PrefixError(says, say("choose another place with --cache-dir"))
    if "Failed to read `--find-links`" in err:
        return EngineError(says, say("correct --find-links, or find-links in pip's and uv's configuration"))
    return EngineError(says, say("--debug shows all that uv said"))


def _way_out(err: str) -> str:
    if re.search(r"\((?:401|403)", err):
        return say("it asks for a user and password: put them into pip.conf's index-url or ~/.netrc")
    if re.search(r"certificate|tls handshake", err, re.IGNORECASE):
        return say("its certificate is not trusted: name your organisation's with pip config set global.cert FILE")
    return say("check the network and the proxy, name a mirror with --index URL, or use what is cached with --offline")


def _causes(err: str) -> list[str]:
    """The lines of the failure, outermost first; warnings and progress left out."""
    lines = err.splitlines()
    start = next((number for number, line in enumerate(lines) if re.match(r"\s*(?:error:|×)", line)), None)
    if start is None:
        return [line.strip() for line in lines if line.strip() and not line.startswith(("warning:", "Resolved", "Using Python"))][-1:]
    return [text for line in lines[start:] if (text := _DECORATION.sub("", line).strip()) and not text.startswith("hint:")]


def _joined(causes: list[str]) -> str:
    return ": ".join([causes[0], causes[-1]] if len(causes) > 1 else causes)


def _after(text: str, word: str) -> str:
    found = re.search(re.escape(word) + r"\s*(?:sha256:)?(\w+)", text)
    return found[1][:12] if found else "?"
