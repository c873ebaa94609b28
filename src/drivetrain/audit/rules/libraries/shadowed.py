"""A library of LD_LIBRARY_PATH that comes before the one that the environment brings."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.loader.asking import answered, is_cuda, is_older
from drivetrain.audit.loader.reading import files_by_name
from drivetrain.audit.loader.variable import without_variable
from drivetrain.audit.rule import Context, Rule
from drivetrain.audit.variables import taken_out
from drivetrain.model.build import Framework
from drivetrain.model.loading import Loaded
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    yield from answered(RULE, context, _judged, say("no folder of LD_LIBRARY_PATH comes before a library of the environment"))


def _judged(context: Context, framework: Framework, answers: tuple[Loaded, ...]) -> Iterator[Outcome]:
    taken = {one.soname: one for one in answers if one.via == "LD_LIBRARY_PATH" and is_cuda(one.soname)}
    if not taken:
        return
    bundled = files_by_name(without_variable(context).of(framework))
    shadowed = {name: bundled[name] for name, one in taken.items() if name in bundled and bundled[name][0] != one.path and not bundled[name][0].startswith("/")}
    if not shadowed:
        return
    older = [name for name, (_, version) in shadowed.items() if is_older(taken[name].version, version)]
    first = taken[older[0] if older else next(iter(shadowed))]
    path, version = shadowed[first.soname]
    yield RULE.found(
        framework.distribution,
        say(
            "LD_LIBRARY_PATH puts {count} of the system's libraries before those of this environment: {name} is {theirs}, brought along is {mine}",
            count=len(shadowed),
            name=first.soname,
            theirs=first.version or first.path,
            mine=version or path,
        ),
        [Evidence(path=taken[name].path, text=say("before {path} {version}", path=mine, version=number)) for name, (mine, number) in shadowed.items()],
        (_fix(context, taken),),
        severity="error" if older else "warning",
    )


def _fix(context: Context, taken: dict[str, Loaded]) -> Fix:
    system = context.environment.system
    named = [each.path for each in system.folders if each.why == "LD_LIBRARY_PATH"] if system else []
    guilty = {one.path.rpartition("/")[0] for one in taken.values()}
    return taken_out(", ".join(sorted(guilty)), (each for each in named if each not in guilty))


RULE = Rule(
    cause="ld-library-path-shadows-bundled",
    severity="warning",
    check=_check,
    sources=("https://man7.org/linux/man-pages/man8/ld.so.8.html", "https://github.com/pytorch/pytorch/issues/138460"),
)
