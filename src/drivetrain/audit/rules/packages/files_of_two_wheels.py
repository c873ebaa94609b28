"""Files that two wheels own with different content: the last installed wins, the other is broken."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.contested import Contested, contested_in, names_of
from drivetrain.audit.families import frameworks_behind, required_by
from drivetrain.audit.one_framework import holders_in
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.catalogue.families import family_of
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome, Severity
from drivetrain.model.plan import Edit
from drivetrain.words import say

_CODE = (".so", ".pyd", ".dll", ".dylib", ".py")
_ASIDE = ("test/", "tests/", "doc/", "docs/", "example/", "examples/", "benchmarks/")
_SAME_FRAMEWORK = frozenset({"tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly", "intel-tensorflow"})
_SHOWN = 3


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    shared = contested_in(environment)
    untold = shared.untold
    groups_of_one = [{one.name for one in holders_in(environment, each)} for each in context.catalogue.frameworks]
    # Two builds of one framework are one fault, told by its name: another rule's finding.
    contested = [each for each in shared.different if not any({one.name for one, _ in each.claims} <= names for names in groups_of_one)]
    if untold:
        yield RULE.unknown(
            ", ".join(sorted({one.name for one, _ in untold[0]})),
            say("{count} files belong to two wheels whose RECORD states neither hash nor size", count=len(untold)),
            evidence=(Evidence(text=names_of(tuple(one for one, _ in claims)), path=claims[0][1].path) for claims in untold),
        )
    groups: dict[tuple[str, ...], list[Contested]] = {}
    for each in contested:
        names = tuple(sorted(one.name for one, _ in each.claims))
        groups.setdefault(("",) if _majors(each) else names, []).append(each)
    needers = required_by(environment) if groups else {}
    for files in groups.values():
        yield _outcome(files, needers)
    if shared.different and not contested:
        yield RULE.clear(WHOLE, say("files that several wheels own with different content all belong to builds of one framework: another rule's finding"))
    elif not contested and not untold:
        count = len(environment.shared_files)
        says = say("{count} files belong to several wheels, all with the same content", count=count) if count else say("no file belongs to two wheels")
        yield RULE.clear(WHOLE, says)


def _majors(each: Contested) -> bool:
    families = {family_of(one.name, one.version) for one, _ in each.claims}
    return None not in families and len(families) > 1


def _outcome(files: list[Contested], needers: dict[str, list[Installed]]) -> Outcome:
    winners = {one.name: one for each in files for one in each.winners}
    lost = {one.name: one for each in files for one in each.losers}
    # A file that is nobody's has no winner: its owners count as losers only where they have not won elsewhere.
    losers = {name: one for name, one in lost.items() if name not in winners} or lost
    affected = {one.name: one for name in losers for one in frameworks_behind(name, needers)}
    says = (
        say("{losers} lost files to {winners}: {count} of them", count=len(files), losers=_listed(losers), winners=_listed(winners))
        if winners
        else say("of the files that {losers} share, {count} on disk belong to none of them", count=len(files), losers=_listed(losers))
    )
    if affected:
        says = say("{finding}; needed by {frameworks}", finding=says, frameworks=_listed(affected))
    owners = {one.name: one for each in files for one, _ in each.claims}
    return RULE.found(
        ", ".join(losers),
        says,
        [each.evidence for each in sorted(files, key=lambda each: not _is_code(each.disk.path))],
        _fixes(files, owners, losers, needers),
        cause=_cause(files, owners),
        severity=_severity(files),
    )


def _cause(files: list[Contested], owners: dict[str, Installed]) -> str:
    if any(_majors(each) for each in files):
        return "cuda-wheel-majors-mixed"
    if len(_SAME_FRAMEWORK & owners.keys()) > 1:
        return "duplicate-framework-packages"
    return "files-of-two-wheels"


def _severity(files: list[Contested]) -> Severity:
    return "error" if any(_is_code(each.disk.path) and not each.disk.path.startswith(_ASIDE) for each in files) else "note"


def _is_code(path: str) -> bool:
    return path.endswith(_CODE) or ".so." in path


def _fixes(files: list[Contested], owners: dict[str, Installed], losers: dict[str, Installed], needers: dict[str, list[Installed]]) -> Iterator[Fix]:
    frameworks = {one.name: one for name in owners for one in frameworks_behind(name, needers)}
    if any(_majors(each) for each in files) and len(frameworks) > 1:
        yield Fix(
            says=say("plan {frameworks} again as one stack on one CUDA family", frameworks=", ".join(frameworks)),
            edit=Edit(require=tuple(frameworks)),
        )
        return
    # What nothing else requires can go; of two such, the one that lost: the other was installed last and is whole.
    unneeded = sorted((name for name in owners if not needers.get(name)), key=lambda name: name not in losers)
    drop = unneeded[0] if unneeded else None
    keep = [name for name in owners if name != drop]
    if drop is not None:
        yield Fix(
            says=say("remove {drop} and install {keep} again, whose files it shares", drop=drop, keep=", ".join(keep)),
            edit=Edit(drop=(drop,), require=tuple(f"{name}=={owners[name].version}" for name in keep)),
            safety="unsafe",
        )
        return
    yield Fix(
        says=say("keep one of {owners}: both cannot be whole in one environment", owners=", ".join(owners)),
        edit=Edit(require=tuple(frameworks) or tuple(owners)),
        safety="unsafe",
    )


def _listed(several: dict[str, Installed]) -> str:
    """Gives the names with versions, at most three of them: the evidence has them all."""
    shown = names_of(tuple(several.values())[:_SHOWN])
    return say("{names} and {count} more", names=shown, count=len(several) - _SHOWN) if len(several) > _SHOWN else shown


RULE = Rule(
    cause="files-of-two-wheels",
    severity="error",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/recording-installed-packages/",),
)
