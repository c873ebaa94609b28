"""Files that two wheels own with different content: the last installed wins, the other is broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from drivetrain.audit.families import frameworks_behind, required_by
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.catalogue.families import family_of
from drivetrain.model.environment import DiskFile, Environment, Installed, OwnedFile
from drivetrain.model.outcome import Evidence, Fix, Outcome, Severity
from drivetrain.model.plan import Edit
from drivetrain.words import say

_CODE = (".so", ".pyd", ".dll", ".dylib", ".py")
_ASIDE = ("test/", "tests/", "doc/", "docs/", "example/", "examples/", "benchmarks/")
_SAME_FRAMEWORK = frozenset({"tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly", "intel-tensorflow"})
_SHOWN = 3

Claim = tuple[Installed, OwnedFile]


class Contested(Struct, frozen=True, kw_only=True):
    """One file that several wheels own with different content."""

    disk: DiskFile
    claims: tuple[Claim, ...]
    winners: tuple[Installed, ...]
    """Those whose content lies on disk; none where it is nobody's."""

    @property
    def losers(self) -> tuple[Installed, ...]:
        return tuple(one for one, _ in self.claims if one not in self.winners)


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    contested, untold = _contested(environment)
    if untold:
        yield RULE.unknown(
            ", ".join(sorted({one.name for one, _ in untold[0]})),
            say("{count} files belong to two wheels whose RECORD states neither hash nor size", count=len(untold)),
            evidence=(Evidence(text=_names(claims), path=claims[0][1].path) for claims in untold),
        )
    groups: dict[tuple[str, ...], list[Contested]] = {}
    for each in contested:
        names = tuple(sorted(one.name for one, _ in each.claims))
        groups.setdefault(("",) if _majors(each) else names, []).append(each)
    needers = required_by(environment) if groups else {}
    for files in groups.values():
        yield _outcome(files, needers)
    if not contested and not untold:
        count = len(environment.shared_files)
        says = say("{count} files belong to several wheels, all with the same content", count=count) if count else say("no file belongs to two wheels")
        yield RULE.clear(WHOLE, says)


def _contested(environment: Environment) -> tuple[list[Contested], list[tuple[Claim, ...]]]:
    ignore_case = environment.platform == "windows"
    on_disk = {each.path.lower() if ignore_case else each.path: each for each in environment.shared_files}
    claims: dict[str, list[Claim]] = {path: [] for path in on_disk}
    for one in environment.installed if on_disk else ():
        for each in one.files:
            key = each.path.lower() if ignore_case else each.path
            if key in claims and each.path.rpartition("/")[2] != "RECORD":
                claims[key].append((one, each))
    contested, untold = [], []
    for key, owners in claims.items():
        owners = _one_each(owners)
        verdict = _content([owned for _, owned in owners])
        if verdict == "different":
            disk = on_disk[key]
            contested.append(Contested(disk=disk, claims=tuple(owners), winners=tuple(one for one, owned in owners if _matches(owned, disk, owners))))
        elif verdict == "untold" and not key.endswith(".pyc"):
            untold.append(tuple(owners))
    return contested, untold


def _one_each(owners: list[Claim]) -> list[Claim]:
    """Leaves out a second version of the same distribution: that is an upgrade that broke, another rule's finding."""
    return list({one.name: (one, owned) for one, owned in owners}.values())


def _content(owned: list[OwnedFile]) -> Literal["same", "different", "untold"]:
    first, *rest = owned
    untold = False
    for each in rest:
        if first.sha256 and each.sha256:
            if first.sha256 != each.sha256:
                return "different"
        elif first.size_bytes is not None and each.size_bytes is not None and first.size_bytes != each.size_bytes:
            return "different"
        else:
            untold = True
    return "untold" if untold else "same"


def _matches(owned: OwnedFile, disk: DiskFile, claims: list[Claim]) -> bool:
    if disk.size_bytes is None or (owned.size_bytes is not None and owned.size_bytes != disk.size_bytes):
        return False
    if disk.sha256 is not None and owned.sha256 is not None:
        return disk.sha256 == owned.sha256
    return owned.size_bytes is not None and sum(each.size_bytes == owned.size_bytes for _, each in claims) == 1


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
        say("{losers} lost {count} of its files to {winners}", count=len(files), losers=_listed(losers), winners=_listed(winners))
        if winners
        else say("of the files that {losers} share, {count} on disk belong to none of them", count=len(files), losers=_listed(losers))
    )
    if affected:
        says = say("{finding}; needed by {frameworks}", finding=says, frameworks=_listed(affected))
    owners = {one.name: one for each in files for one, _ in each.claims}
    return RULE.found(
        ", ".join(losers),
        says,
        [_evidence(each) for each in sorted(files, key=lambda each: not _is_code(each.disk.path))],
        _fixes(files, owners, losers, needers),
        cause=_cause(files, owners),
        severity=_severity(files),
    )


def _evidence(each: Contested) -> Evidence:
    on_disk = _names_of(each.winners) if each.winners else say("missing") if each.disk.size_bytes is None else say("neither")
    return Evidence(path=each.disk.path, text=say("on disk: {winner}; lost: {losers}", winner=on_disk, losers=_names_of(each.losers)))


def _cause(files: list[Contested], owners: dict[str, Installed]) -> str:
    if any(_majors(each) for each in files):
        return "cuda-wheel-majors-mixed"
    if len(_SAME_FRAMEWORK & owners.keys()) > 1 or (owners.keys() <= {"onnxruntime", "onnxruntime-gpu"}):
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


def _names(claims: tuple[Claim, ...]) -> str:
    return _names_of(tuple(one for one, _ in claims))


def _names_of(several: tuple[Installed, ...]) -> str:
    return ", ".join(f"{one.name} {one.version}" for one in several)


def _listed(several: dict[str, Installed]) -> str:
    """Gives the names with versions, at most three of them: the evidence has them all."""
    shown = _names_of(tuple(several.values())[:_SHOWN])
    return say("{names} and {count} more", names=shown, count=len(several) - _SHOWN) if len(several) > _SHOWN else shown


RULE = Rule(
    cause="files-of-two-wheels",
    severity="error",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/recording-installed-packages/",),
)
