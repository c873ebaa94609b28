"""A framework's folder that belongs to nothing that is installed: an uninstall left it, and `import` finds it all the same."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.deleting import deleting
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.site_folder import LooseFolder
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    for folder in environment.loose:
        yield _found(context, folder)
    if environment.loose:
        return
    if environment.kind in ("conda", "system"):
        yield RULE.unknown(WHOLE, say("whose folders these are is known to their package manager, and was not asked"))
    elif any(not one.files and not one.editable for one in environment.installed):
        yield RULE.unknown(WHOLE, say("not every distribution here lists its files"))
    else:
        yield RULE.clear(WHOLE, say("every framework's folder belongs to a distribution"))


def _found(context: Context, folder: LooseFolder) -> Outcome:
    name = folder.path.rpartition("/")[2]
    says = (
        say("the folder {name} belongs to no distribution: it is imported, and no tool knows its version or removes it", name=name)
        if folder.has_init
        else say("the folder {name} is what an uninstall left: `import {name}` succeeds and finds nothing in it", name=name)
    )
    fix = Fix(says=say("delete the folder; install {name} again if it is needed", name=name), commands=deleting(context, folder.path), safety="shown")
    return RULE.found(name, says, (Evidence(path=folder.path, text=say("in no RECORD")),), (fix,))


RULE = Rule(
    cause="folder-without-distribution",
    severity="warning",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/recording-installed-packages/",
             "https://docs.python.org/3/reference/import.html#namespace-packages"),
)  # fmt: skip
