"""Lists every rule of `audit`: `python tools/list_rules.py` prints the table of docs/audit.md, `--write` puts it there.

What a rule looks for is the sentence that opens its module; what it reads is taken from the facts that the module names, so the table cannot say
anything else than the code does.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from drivetrain.audit.rule import Rule
from drivetrain.audit.rules import RULES, libraries, machine, packages

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "audit.md"
BEGIN, END = "<!-- rules: python tools/list_rules.py --write -->", "<!-- end of rules -->"
_HEAD = "| Cause | Severity | What it looks for | What it reads |\n|---|---|---|---|"
_READS = {
    "METADATA": ("installed", "distribution", "requires"),
    "RECORD": ("shared_files", "files", "claims", "lists", "missing", "damaged"),
    "interpreter": ("interpreter", "origin"),
    "path files, eggs and the user's folder": ("path_files", "customised", "eggs", "user_site"),
    "conda's records": ("conda",),
    "names of folders": ("loose", "leftovers", "paths", "startup"),
    "the framework's build file": ("builds", "facts", "build_facts"),
    "headers of libraries": ("libraries", "linkage", "soname", "needed"),
    "device code": ("code", "sass", "ptx", "device_code"),
    "the loader's folders": ("system", "search_path", "cached", "folders"),
    "what was asked for": ("requirements",),
    "driver": ("driver",),
    "GPUs": ("gpus", "nvidia_gpus"),
    "variables": ("variables",),
    "toolkits": ("toolkits",),
    "operating system": ("glibc", "wsl", "container", "kernel"),
    "CPU": ("cpu",),
    "catalogue": ("catalogue", "breaks", "companion", "framework"),
}


def table() -> str:
    """Gives a table for each room of rules, in the order in which answers come."""
    parts = [f"{len(RULES)} rules; equally bad answers come in this order."]
    for room in (machine, packages, libraries):
        title = " ".join((room.__doc__ or "").split()).rstrip(".")
        parts += [f"### {title}", "\n".join([_HEAD, *(_row(rule) for rule in room.RULES)])]
    return "\n\n".join(parts)


def _row(rule: Rule) -> str:
    module = sys.modules[rule.check.__module__]
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    others = sorted({cause for cause in _causes(tree) if cause != rule.cause} - {each.cause for each in RULES if each.check.__module__ == module.__name__})
    causes = ", ".join(_linked(cause) for cause in (rule.cause, *others))
    looks = " ".join((module.__doc__ or "").split("\n\n")[0].split()).replace("|", "\\|").rstrip(".")
    return f"| {causes} | {rule.severity} | {looks} | {', '.join(_reads(tree)) or '–'} |"


def _linked(cause: str) -> str:
    return f"[`{cause}`](../src/drivetrain/causes/en/{cause}.md)"


def _causes(tree: ast.Module) -> Iterator[str]:
    """Gives the nearer causes that a check answers with where the facts tell them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "cause":
            texts = [str(each.value) for each in ast.walk(node.value) if isinstance(each, ast.Constant)]
            yield from (each for each in texts if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", each))


def _reads(tree: ast.Module) -> list[str]:
    """Gives what the module and the parts of `audit` that it builds on look at."""
    named = {node.attr for each in (tree, *_built_on(tree)) for node in ast.walk(each) if isinstance(node, ast.Attribute)}
    if named & {"path_files", "eggs"}:
        named -= {"code", "folders"}  # Of a path file: lines that are run, and folders that it adds.
    return [what for what, attributes in _READS.items() if named & set(attributes)]


def _built_on(tree: ast.Module) -> Iterator[ast.Module]:
    for node in ast.walk(tree):
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module.startswith("drivetrain.audit.") and module != "drivetrain.audit.rule" and (file := getattr(sys.modules.get(module), "__file__", None)):
            yield ast.parse(Path(file).read_text(encoding="utf-8"))


def written(page: str) -> str:
    """Gives the page with the table of today between its two marks."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(table())
