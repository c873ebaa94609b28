"""Gathers what of an audit counts: flags, the project's drivetrain.toml, comments beside requirements, a baseline."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from drivetrain.errors import FileError, UsageError
from drivetrain.formats.audit_settings import Settings, comments_of, settings_of
from drivetrain.model.choice import Baseline, Choice, Selection, known_of
from drivetrain.model.outcome import Audit
from drivetrain.words import say, why
from drivetrain.workflows.prefixes import shown

NAME = "drivetrain.toml"
_BESIDE = ("requirements.txt", "pyproject.toml")
"""Files beside the settings whose comments count where the settings name none."""


class Asked(Struct, frozen=True, kw_only=True):
    """What the flags say."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    config: str | None = None
    baseline: str | None = None


def choice_of(asked: Asked, prefix: Path) -> Choice:
    """Gives what counts in that environment; raises UsageError and FileError for a cause that nobody knows, naming the nearest, and for damaged files."""
    path = settings_file(asked.config, prefix)
    settings = settings_of(_text(path), shown(path)) if path else Settings()
    folder = path.parent if path else Path.cwd()
    select = tuple(Selection(causes=asked.select, by="--select") for _ in [0] if asked.select) or settings.select
    ignore = (*(Selection(causes=asked.ignore, by="--ignore") for _ in [0] if asked.ignore), *settings.ignore, *_beside(settings, folder, path))
    for each in (*select, *ignore, *(Selection(causes=(cause,), by=shown(path) if path else "") for cause, _ in settings.severity)):
        _check_known(each)
    baseline = asked.baseline or (str(folder / settings.baseline) if settings.baseline else None)
    return Choice(
        select=select,
        ignore=ignore,
        severity=settings.severity,
        fail_on=settings.fail_on,
        baseline=baseline_of(baseline) if baseline else None,
        baseline_name=shown(Path(baseline)) if baseline else "",
    )


def settings_file(config: str | None, prefix: Path) -> Path | None:
    """Gives the settings that hold: the file named, else the nearest `drivetrain.toml` from the current folder upward, else the prefix's; None for none."""
    if config is not None:
        return Path(config)
    here = Path.cwd()
    return next((each for each in (*(folder / NAME for folder in (here, *here.parents)), prefix / NAME) if each.is_file()), None)


def baseline_of(name: str) -> Baseline:
    """Reads a baseline; raises FileError for a file that is none."""
    from drivetrain.model.documents import decode

    try:
        return decode(_text(Path(name)), Baseline)
    except msgspec.MsgspecError as error:
        raise FileError(
            say("{file} is no baseline: {reason}", file=name, reason=error), say("write it anew: drivetrain audit --write-baseline {file}", file=name)
        ) from error


def write_baseline(audit: Audit, name: str) -> int:
    """Writes every finding that counts, and those that an older baseline left out, and gives how many."""
    from drivetrain.workflows.files import write_document

    met = tuple(each.outcome for each in audit.ignored if not each.by.startswith("--") and ":" not in each.by)
    baseline = known_of((*audit.found(), *met))
    write_document(name, baseline)
    return len(baseline.findings)


def _beside(settings: Settings, folder: Path, path: Path | None) -> tuple[Selection, ...]:
    """Gives what comments beside requirements leave out; a file that the settings name must be there."""
    named = settings.requirements
    files = [folder / each for each in (named if named is not None else _BESIDE)]
    return tuple(selection for each in files if each != path and (named is not None or each.is_file()) for selection in comments_of(_text(each), shown(each)))


def _check_known(selection: Selection) -> None:
    from drivetrain.causes import slugs

    known = slugs()
    for cause in selection.causes:
        if not fnmatch.filter(known, cause):
            raise _unknown(cause, selection.by, known)


def _unknown(cause: str, by: str, known: Iterable[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(cause, list(known), n=3, cutoff=0.5)
    return UsageError(
        say("{place}: no cause is called {name}", place=by, name=cause or '""'),
        say("nearest: {names}", names=", ".join(near)) if near else say("a cause is named in brackets by drivetrain plan and drivetrain audit"),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(say("{path} cannot be read: {reason}", path=path, reason=why(error)), say("check the name")) from error
    except UnicodeDecodeError as error:
        raise FileError(say("{path} is no text in UTF-8", path=path), say("write it anew")) from error
