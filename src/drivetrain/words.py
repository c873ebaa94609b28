"""Says things to people in their language: English in the code, Chinese from `words_zh/*.json`, keyed by the English template."""

from __future__ import annotations

import errno
from contextvars import ContextVar
from pathlib import Path

LANGUAGES = ("en", "zh")

_translations: ContextVar[dict[str, str] | None] = ContextVar("translations", default=None)


def speak(language: str) -> None:
    """Chooses the language of everything said from here on in this context."""
    if language == "en":
        _translations.set(None)
        return
    import json

    table: dict[str, str] = {}
    for path in sorted(Path(__file__).with_name(f"words_{language}").glob("*.json")):
        table.update(json.loads(path.read_text(encoding="utf-8")))
    _translations.set(table)


def language() -> str:
    """Gives the language in use, "en" or "zh"."""
    return "en" if _translations.get() is None else "zh"


def say(template: str, **values: object) -> str:
    """Fills the template (`str.format` fields, by name) in the language in use; falls back to English where a translation is missing.

    The template is a literal at every call: `tests/test_architecture.py` reads them from the source and asks for their Chinese.
    """
    table = _translations.get()
    text = template if table is None else table.get(template, template)
    return text.format(**values) if values else text


def why(error: BaseException) -> str:
    """Gives the reason that the system, or a decoder, has for an error, in the language in use; any other as it is."""
    if isinstance(error, UnicodeDecodeError):
        return say("it is not a text in UTF-8")
    if not isinstance(error, OSError):
        return str(error)
    known = {
        errno.ENOENT: say("No such file or directory"),
        errno.EACCES: say("Permission denied"),
        errno.EPERM: say("Operation not permitted"),
        errno.EISDIR: say("Is a directory"),
        errno.ENOTDIR: say("Not a directory"),
        errno.ENOSPC: say("No space left on device"),
        errno.EROFS: say("Read-only file system"),
        errno.ENOEXEC: say("Exec format error"),
    }
    return known.get(error.errno or 0) or error.strerror or str(error)
