"""An editable install whose source folder is gone: it is listed, and cannot be imported."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.model.site_folder import PathFile
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    editable = {one.name: one for one in environment.installed if one.editable}
    gone = [(file, folder) for file in environment.path_files for folder in file.missing]
    told: set[str] = set()
    for file, folder in gone:
        if _is_elsewhere(context):
            yield RULE.unknown(file.path, say("{folder} is not on this machine", folder=folder), evidence=(Evidence(path=file.path, text=folder),))
            told.add(file.owner)
        else:
            yield _found(file, folder, editable.get(file.owner))
    for name, one in editable.items():
        if name not in told and not any(
            name == file.owner or one.url.endswith(folder) for file in environment.path_files for folder in (*file.folders, *file.missing)
        ):
            yield RULE.unknown(name, say("whether the source of {name} in {url} is still there is not known", name=name, url=one.url or "?"))
    if not gone:
        yield RULE.clear(WHOLE, say("{count} editable installs, and every folder that a path file names is there", count=len(editable)))


def _is_elsewhere(context: Context) -> bool:
    return bool(context.environment.libraries) and context.environment.system is None


def _found(file: PathFile, folder: str, one: Installed | None) -> Outcome:
    evidence = (Evidence(path=file.path, text=say("{folder}: not there", folder=folder)),)
    if one is None:
        says = say("{path} names {folder}, which is gone; Python passes over it without a word", path=file.path, folder=folder)
        return RULE.found(file.path, says, evidence, (Fix(says=say("delete the line, or {path} if nothing else is in it", path=file.path), safety="shown"),),
                          severity="note")  # fmt: skip
    says = say("{name} {version} was installed from {folder}, which is gone: it cannot be imported", name=one.name, version=one.version, folder=folder)
    return RULE.found(one.name, says, evidence, (Fix(says=say("install {name} from the index instead, or from where its source is now", name=one.name),
                                                     edit=Edit(require=(one.name,)), safety="unsafe"),))  # fmt: skip


RULE = Rule(
    cause="editable-source-gone",
    severity="error",
    check=_check,
    sources=("https://setuptools.pypa.io/en/latest/userguide/development_mode.html", "https://docs.python.org/3/library/site.html"),
)
