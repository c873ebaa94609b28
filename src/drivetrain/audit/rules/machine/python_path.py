"""Packages that come before the environment's own: from a folder of PYTHONPATH, or from the folder at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import listed, not_told, without
from drivetrain.model.environment import Installed
from drivetrain.model.machine import NamedFolder
from drivetrain.model.outcome import Evidence, Fix, Outcome, Severity
from drivetrain.words import say

_NAME = "PYTHONPATH"
_INFO = re.compile(r"(?P<name>\w+)-(?P<version>[\w.+!]+)\.(?:dist|egg)-info", re.IGNORECASE)
_OWNERS = {"google": ("protobuf",), "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tf-nightly", "tensorflow-gpu")}
"""The distributions of an import name, where it is not their own."""
_USER_SITE = re.compile(r"[/\\](?:\.local[/\\]lib[/\\]python3\.\d+|AppData[/\\]Roaming[/\\]Python[/\\]Python3\d+)[/\\]site-packages[/\\]?$")
"""Where `pip install --user` puts packages; source: https://docs.python.org/3/library/site.html#site.USER_SITE."""
_OF_PYTHON = re.compile(r"python(3\.\d+)[/\\](?:site|dist)-packages")


def _check(context: Context) -> Iterator[Outcome]:
    if context.variables is None:
        yield not_told(RULE, context, _NAME)
        return
    entries = listed(context, _NAME)
    folders = [each for each in context.named(_NAME) if each.path in entries and not _is_own(context, each)]
    outcomes = [found for each in folders for found in _of_folder(context, each)]
    yield from outcomes
    unseen = [each for each in entries if each not in {folder.path for folder in context.named(_NAME)}]
    if unseen:
        yield RULE.unknown(_NAME, say("what lies in {path} is not known", path=", ".join(unseen)))
    elif not outcomes:
        yield RULE.clear(_NAME, say("{name} holds none of this environment's packages", name=_NAME) if entries else say("{name} is not set", name=_NAME))
    yield from _local(context)


def _is_own(context: Context, folder: NamedFolder) -> bool:
    path, prefix = folder.path.rstrip("/\\"), context.environment.prefix.rstrip("/\\")
    return path == prefix or path.startswith((f"{prefix}/", f"{prefix}\\")) or path == context.environment.site_packages


def _of_folder(context: Context, folder: NamedFolder) -> Iterator[Outcome]:
    versions = {found["name"].lower().replace("_", "-"): found["version"] for each in folder.holds if (found := _INFO.fullmatch(each))}
    theirs = _OF_PYTHON.search(folder.path)
    ours = ".".join((context.environment.python or "").split(".")[:2])
    other_python = theirs[1] if theirs and ours and theirs[1] != ours else None
    for name in _packages(folder):
        one = context.first(*_OWNERS.get(name, (name,)))
        if one is None and other_python is None:
            continue
        if one is None and name not in ("numpy", "torch", "tensorflow", "jax"):
            continue
        version = versions.get("protobuf" if name == "google" else name)
        if name == "google" and version is None:
            continue  # Many distributions share that folder.
        if one is not None and version == one.version and other_python is None:
            continue
        yield _found(context, folder, name, (one, version, other_python))


def _found(context: Context, folder: NamedFolder, name: str, facts: tuple[Installed | None, str | None, str | None]) -> Outcome:
    one, version, other_python = facts
    theirs = f"{name} {version}" if version else name
    if other_python is not None:
        says = say(
            "PYTHONPATH brings {theirs} from {path}, built for Python {other}; this environment's Python {ours} cannot load it",
            theirs=theirs, path=folder.path, other=other_python, ours=context.environment.python,
        )  # fmt: skip
    else:
        says = say(
            "PYTHONPATH brings {theirs} from {path}, which comes before this environment's {ours}",
            theirs=theirs, path=folder.path, ours=f"{one.name} {one.version}" if one else name,
        )  # fmt: skip
    evidence = [Evidence(path=folder.path, text=theirs), *([Evidence(path=one.path, text=f"{one.name} {one.version}")] if one else [])]
    if f"{name}.py" in folder.holds and name not in folder.holds and version is None:
        # One file with a package's name is somebody's own program.
        says = say(
            "{path} bears the name of a package, and PYTHONPATH puts it before {ours}",
            path=f"{folder.path}/{name}.py",
            ours=f"{one.name} {one.version}" if one else name,
        )
        rename = Fix(says=say("rename it, and delete __pycache__ beside it"), safety="shown")
        return RULE.found(name, says, evidence, (rename, without(context, _NAME, folder)), cause="local-file-shadows-package")
    # Whoever builds a package from its sources names them so on purpose: only what is known to be another version is an error.
    severity: Severity = "error" if other_python or version else "warning"
    cause = "user-site-shadows-env" if _USER_SITE.search(folder.path) else None
    return RULE.found(name, says, evidence, (without(context, _NAME, folder),), severity=severity, cause=cause)


def _packages(folder: NamedFolder) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.removesuffix(".py") for each in folder.holds if re.fullmatch(r"[a-z]+(\.py)?", each)))


def _local(context: Context) -> Iterator[Outcome]:
    """Python looks into the folder of the script first, which is mostly the one at hand."""
    for folder in context.named(""):
        shadows = [
            each
            for each in folder.holds
            if re.fullmatch(r"[a-z]+(\.py)?", each) and context.first(*_OWNERS.get(each.removesuffix(".py"), (each.removesuffix(".py"),)))
        ]
        for each in () if _is_own(context, folder) else shadows:
            path = f"{folder.path}/{each}"
            says = say("{path} bears the name of a package: programs started in this folder import it in the package's place", path=path)
            rename = Fix(says=say("rename it, and delete __pycache__ beside it"), commands=(f"mv {each} my_{each}",), safety="shown")
            name, evidence = each.removesuffix(".py"), [Evidence(path=path, text=say("comes first"))]
            yield RULE.found(name, says, evidence, (rename,), cause="local-file-shadows-package", severity="warning")


RULE = Rule(
    cause="pythonpath-shadows-env",
    severity="error",
    check=_check,
    sources=("https://docs.python.org/3/using/cmdline.html#envvar-PYTHONPATH", "https://docs.python.org/3/library/sys.html#sys.path"),
)
