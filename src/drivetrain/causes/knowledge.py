"""What pages and symptom files know as data, read once and remembered in the cache folder until a file changes."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from drivetrain.errors import FileError
from drivetrain.model.cause import Cause, Knowledge, Reading, Symptom
from drivetrain.words import say

_FOLDER = Path(__file__).parent
_Kind = TypeVar("_Kind")
_DATA = ("cause", "sources", "signature", "fact", "fix", "before", "benign", "benign_when")


class _Symptoms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    symptom: tuple[Symptom, ...] = ()
    reading: tuple[Reading, ...] = ()


def knowledge(cache: Path | None = None) -> Knowledge:
    """Gives everything that a log is read with; raises FileError with the file where a page is damaged."""
    files = [*sorted((_FOLDER / "en").glob("*.md")), *sorted((_FOLDER / "symptoms").glob("*.toml"))]
    kept = cache / "knowledge" / f"{_state(files)}.msgpack" if cache is not None else None
    if kept is not None:
        try:
            return msgspec.msgpack.decode(kept.read_bytes(), type=Knowledge)
        except (OSError, msgspec.DecodeError):
            pass
    made = _read(files)
    if kept is not None:
        _keep(kept, made)
    return made


def words_of_fixes(slug: str, language: str) -> dict[str, str]:
    """Gives what a cause's fixes say in a language other than English, by their names; empty where the page has none."""
    path = _FOLDER / language / f"{slug}.md"
    if language == "en" or not path.is_file():
        return {}
    found = _front(path).get("fix", {})
    return found if isinstance(found, dict) else {}


def _state(files: list[Path]) -> str:
    """Gives a name that changes with any of the files: their names, sizes and times."""
    told = ((path.name, (seen := path.stat()).st_size, seen.st_mtime_ns) for path in files)
    return sha256(repr((str(_FOLDER), *told)).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _read(files: list[Path]) -> Knowledge:
    causes = [_cause(path) for path in files if path.suffix == ".md"]
    tables = [_converted(_toml(path, path.read_text(encoding="utf-8")), _Symptoms, path) for path in files if path.suffix == ".toml"]
    return Knowledge(
        causes=tuple(each for each in causes if each.signature or each.fact or each.fix),
        symptoms=tuple(each for table in tables for each in table.symptom),
        readings=tuple(each for table in tables for each in table.reading),
    )


def _cause(path: Path) -> Cause:
    matter = _front(path)
    return _converted({key: matter[key] for key in _DATA if key in matter}, Cause, path)


def _front(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    return _toml(path, text.split("\n+++", 1)[0].removeprefix("+++"))


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return dict(msgspec.toml.decode(text))
    except msgspec.DecodeError as error:
        raise _fault(path, str(error)) from None


def _converted(found: dict[str, Any], kind: type[_Kind], path: Path) -> _Kind:
    try:
        return msgspec.convert(found, type=kind)
    except msgspec.ValidationError as error:
        raise _fault(path, str(error)) from None


def _fault(path: Path, says: str) -> FileError:
    return FileError(f"causes/{path.parent.name}/{path.name}: {says}", say("install drivetrain again: its pages are damaged"))


def _keep(path: Path, made: Knowledge) -> None:
    """Writes it whole or not at all, in place of what older pages gave; a cache that cannot be written is none."""
    import os
    import tempfile
    from contextlib import suppress

    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob("*.msgpack"):
            old.unlink(missing_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(number, "wb") as file:
            file.write(msgspec.msgpack.encode(made))
        Path(name).replace(path)
