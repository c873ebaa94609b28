"""Takes out of a text what names a person, a machine or a place, or opens a door: names, paths, addresses, tokens; versions and messages stay.

Sources of the tokens' shapes: https://docs.github.com/en/authentication (token formats),
https://huggingface.co/docs/hub/security-tokens,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, https://www.rfc-editor.org/rfc/rfc7519 (JWT).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

PATH, NAME, SECRET, ADDRESS, HOST, EMAIL, ID = "<path>", "<name>", "<secret>", "<address>", "<host>", "<email>", "<id>"

_KEPT = r"(?:site-packages|dist-packages|lib/python\d\.\d+)"
"""Below these a path names packages, which is what a reader needs."""
_SYSTEM = ("/usr/", "/lib/", "/lib64/", "/opt/cuda", "/etc/", "/proc/", "/sys/", "/dev/", "/var/lib/dkms", "/bin/", "/sbin/", "/run/nvidia")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), SECRET),
    (
        re.compile(r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|hf_[A-Za-z0-9]{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{16,}|pypi-[\w-]{16,})"),
        SECRET,
    ),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}"), SECRET),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"), SECRET),
    (re.compile(r"(?i)\b(authorization: *)?(bearer|basic|token) +[\w.~+/=-]{8,}"), rf"\2 {SECRET}"),
    (
        re.compile(r"(?i)\b([\w-]*(?:token|password|passwd|pwd|secret|api[_-]?key|access[_-]?key|credential)s?[\"']?) *([=:]) *[\"']?[^\s\"',;]+"),
        rf"\1\2{SECRET}",
    ),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s:@]+(?::[^/\s@]*)?@"), r"\1"),
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"), EMAIL),
    (re.compile(r"\bGPU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), ID),
    (re.compile(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", re.IGNORECASE), ADDRESS),
    (re.compile(r"(?<![\w.=+])(?!(?:127\.0\.0\.1|0\.0\.0\.0)\b)(?:\d{1,3}\.){3}\d{1,3}(?=[:/\s,\])]|$)(?!\.\d)"), ADDRESS),
    (re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![\w:])|\bfe80::[0-9a-f:]+", re.IGNORECASE), ADDRESS),
    (re.compile(r"\b[0-9a-f]{32,}\b", re.IGNORECASE), ID),
    (re.compile(r"(?P<stamp>\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )\S+ "), rf"\g<stamp>{HOST} "),
    (re.compile(r"(?<![\w/.-])[\w.-]+@[\w.-]+(?=:[~/]| *[$#%]|:?$)", re.MULTILINE), f"{NAME}@{HOST}"),
)
_WINDOWS_PATH = re.compile(r"""[A-Za-z]:\\(?:[^\\/:*?"<>|\r\n]+\\)*[^\\/:*?"<>|\r\n\s,;)\]]*|\\\\[\w.$-]+\\[^\s"'<>|]+""")
_PATH = re.compile(r"""(?<![\w.:/<>-])(?:~|/)[^\s"'`:;,<>|()\[\]{}]*/[^\s"'`:;,<>|()\[\]{}]*""")
_LEFT = re.compile(rf".*?[/\\]({_KEPT}[/\\].*)")


def redacted(text: str, words: Iterable[str] = ()) -> str:
    """Gives the text without them; `words` are names known to be somebody's: the user's, the machine's."""
    for pattern, put in _RULES:
        text = pattern.sub(put, text)
    text = _WINDOWS_PATH.sub(lambda found: _path(found[0]), text)
    text = _PATH.sub(lambda found: _path(found[0]), text)
    for word in sorted({each for each in words if len(each) >= 3}, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", NAME, text)
    return text


def _path(path: str) -> str:
    """A system's own folders stay, and below packages' folders everything; of others the file's name alone."""
    plain = path.replace("\\", "/")
    if plain.startswith(_SYSTEM) and "/home/" not in plain:
        return path
    if found := _LEFT.fullmatch(path.replace("\\", "/")):
        return f"{PATH}/{found[1]}"
    last = plain.rstrip("/").rsplit("/", 1)[-1]
    return f"{PATH}/{last}" if re.fullmatch(r"[\w.+-]+\.[A-Za-z]\w{0,4}", last) else PATH
