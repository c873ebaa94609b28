"""Code that runs at each start of Python and that no package brought: `sitecustomize`, `usercustomize`, lines of .pth files."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say

_KNOWN = ("_virtualenv.pth", "distutils-precedence.pth", "_uv_ephemeral_overlay.pth", "easy-install.pth")
_LONGEST = 80


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    owned = {each.path for one in environment.installed for each in one.files} if environment.customised else set()
    rows = [Evidence(path=path, text=say("runs at each start")) for path in environment.customised if path not in owned and f"{path}/__init__.py" not in owned]
    for file in environment.path_files:
        if file.code and not file.owner and file.path.rpartition("/")[2] not in _KNOWN and not file.path.endswith("-nspkg.pth"):
            rows.append(Evidence(path=file.path, text=file.code[0][:_LONGEST]))
    if environment.kind == "system":
        yield RULE.clear(WHOLE, say("a system's path files are the system's own matter"))
    elif any(not one.files and not one.editable for one in environment.installed) and rows and environment.kind != "conda":
        yield RULE.unknown(WHOLE, say("whether a package brought {path} is not known: not every one lists its files", path=rows[0].path), evidence=rows)
    elif rows:
        yield _found(rows)
    else:
        yield RULE.clear(WHOLE, say("nothing runs at each start but what packages brought"))


def _found(rows: list[Evidence]) -> Outcome:
    paths = ", ".join(each.path or "" for each in rows)
    return RULE.found(
        WHOLE,
        say("{paths} runs at each start of Python, and no package brought it: it can change paths and variables before anything else", paths=paths),
        rows,
        (Fix(says=say("look into it; delete it if nobody knows it"), safety="shown"),),
    )


RULE = Rule(cause="startup-code-runs", severity="note", check=_check, sources=("https://docs.python.org/3/library/site.html",))
