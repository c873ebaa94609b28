"""What an interrupted install or a broken uninstall left: files of RECORD that are missing, two versions of one distribution, folders named ~x."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.condas_own import condas_again
from drivetrain.audit.deleting import deleting
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_INSTALLERS = ("pip", "uv")
_CERTIFICATES = "cacert.pem"


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    outcomes = [*_damaged(environment), *_doubled(context), *_leftovers(context), *_unread(environment)]
    yield from outcomes
    if not any(one.state == "found" for one in outcomes):
        yield RULE.clear(WHOLE, say("every file of {count} distributions is there", count=len(environment.installed)))


def _damaged(environment: Environment) -> Iterator[Outcome]:
    unreadable = {each.path for each in environment.libraries if each.linkage.faults}
    for one in environment.installed:
        if not one.missing or _is_the_systems_own(one, environment):
            continue
        edited = one.missing <= len(one.damaged) and all(each.size_bytes is not None and each.path not in unreadable for each in one.damaged)
        if edited and all(each.path.endswith(_CERTIFICATES) for each in one.damaged):
            yield _certificates(one)
            continue
        says = (
            say(
                "{name} {version}: {count} of {total} files changed size after they were installed",
                count=one.missing,
                total=len(one.files),
                name=one.name,
                version=one.version,
            )
            if edited
            else say(
                "{name} {version} lacks {count} of its {total} files, or has them cut short",
                count=one.missing,
                total=len(one.files),
                name=one.name,
                version=one.version,
            )
        )
        yield RULE.found(
            one.name,
            says,
            [Evidence(path=each.path, text=say("missing") if each.size_bytes is None else say("{bytes} bytes", bytes=each.size_bytes)) for each in one.damaged],
            (Fix(says=say("install {name} {version} again", name=one.name, version=one.version), edit=_again(one)),),
            # A file that was edited still loads.
            severity="warning" if edited else "error",
        )


def _certificates(one: Installed) -> Outcome:
    """Who works behind a proxy adds its certificate there: installing it again would take that away."""
    says = say("{name} {version}: its list of certificates was changed after it was installed, as behind a company's proxy", name=one.name, version=one.version)
    return RULE.found(one.name, says, [Evidence(path=each.path, text=say("{bytes} bytes", bytes=each.size_bytes)) for each in one.damaged], severity="note")


def _is_the_systems_own(one: Installed, environment: Environment) -> bool:
    """Tells whether the system's package manager brought it: Debian strips and moves files after RECORD was written, and keeps a list of its own."""
    return environment.kind == "system" and one.installer not in _INSTALLERS


def _doubled(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    versions: dict[str, list[Installed]] = {}
    for one in environment.installed:
        versions.setdefault(one.name, []).append(one)
    for name, several in versions.items():
        if len(several) > 1 and environment.kind != "system":
            yield RULE.found(
                name,
                say("{name} is installed {count} times: {versions}", name=name, count=len(several), versions=", ".join(one.version for one in several)),
                [Evidence(path=one.path, text=f"{one.name} {one.version}") for one in several],
                (_one_again(context, name),),
            )


def _one_again(context: Context, name: str) -> Fix:
    """One that pip has put beside conda's own is pip's to take away."""
    mine = [each for each in context.environment.conda if each.distribution == name and each.replaced_by]
    return condas_again(context, mine) if mine else Fix(says=say("remove both and install one of them again"), edit=Edit(require=(name,)))


def _leftovers(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if environment.leftovers:
        yield RULE.found(
            WHOLE,
            say("folders that a broken uninstall left: {count}; they only take space and make pip warn", count=len(environment.leftovers)),
            [Evidence(path=path, text=say("left over")) for path in environment.leftovers],
            (Fix(says=say("delete {paths}", paths=", ".join(environment.leftovers[:3])), commands=deleting(context, *environment.leftovers), safety="shown"),),
            severity="warning",
        )


def _unread(environment: Environment) -> Iterator[Outcome]:
    for note in environment.notes:
        yield RULE.unknown(WHOLE, note)


def _again(one: Installed) -> Edit:
    return Edit(require=(f"{one.name}=={one.version}",))


RULE = Rule(
    cause="environment-incomplete",
    severity="error",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/recording-installed-packages/",),
)
