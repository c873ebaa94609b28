"""A setuptools without pkg_resources (gone since 82), or none at all, under packages that import it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from drivetrain.audit.rule import WHOLE, Context, Rule, older
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome, Severity
from drivetrain.model.plan import Edit
from drivetrain.words import say

_MODULE = "pkg_resources/__init__.py"
_READ = "wheels setuptools 81.0.0, 82.0.0 and 84.2.1 read on 2026-11-24: pkg_resources is in the first alone"


class User(Struct, frozen=True, kw_only=True):
    """A package that imports pkg_resources."""

    name: str
    before: str
    """The first release that was not read."""
    whole: bool
    """Whether importing the package needs it; otherwise only its program."""
    since: str = ""
    """The first release that was read and needs it no more."""
    source: str


_USERS = (
    User(name="tensorflow-hub", before="0.16.2", whole=True, source="wheel 0.16.1 read: tensorflow_hub/__init__.py"),
    User(name="tensorboard", before="2.20.1", whole=False, since="2.21", source="wheels 2.15.2, 2.20.0 and 2.21.0 read: tensorboard/default.py"),
)


def _check(context: Context) -> Iterator[Outcome]:
    users = [(user, one) for user in _USERS if (one := context.environment.distribution(user.name)) is not None]
    setuptools = context.environment.distribution("setuptools")
    if not users:
        yield RULE.clear(WHOLE, say("nothing here is known to import pkg_resources"))
    elif setuptools is None and (context.environment.inherits or context.environment.kind == "conda"):
        yield RULE.unknown(WHOLE, say("whether {name} is visible from outside the environment is not known", name="setuptools"))
    elif setuptools is not None and not setuptools.files:
        yield RULE.unknown(WHOLE, say("what setuptools {version} holds is not listed", version=setuptools.version))
    elif setuptools is not None and any(each.path == _MODULE for each in setuptools.files):
        yield RULE.clear(WHOLE, say("setuptools {version} has pkg_resources", version=setuptools.version))
    elif setuptools is not None and older(setuptools.version, "82") is not False:
        yield RULE.unknown(WHOLE, say("setuptools {version} should have pkg_resources, and does not list it", version=setuptools.version))
    else:
        for user, one in users:
            yield _answer(user, one, setuptools)


def _answer(user: User, one: Installed, setuptools: Installed | None) -> Outcome:
    if user.since and older(one.version, user.since) is False:
        return RULE.clear(one.name, say("{name} {version} needs pkg_resources no more", name=one.name, version=one.version))
    if older(one.version, user.before) is not True:
        return RULE.unknown(one.name, say("whether {name} {version} imports pkg_resources is not known", name=one.name, version=one.version))
    if setuptools is None and any(line.startswith("setuptools") for line in one.requires):
        return RULE.clear(one.name, say("{name} requires setuptools, which is missing: another rule's finding", name=one.name))
    if setuptools is None and not user.whole:
        return RULE.unknown(one.name, say("no setuptools is installed, and {name} may be used without its program", name=one.name))
    what = f"setuptools {setuptools.version}" if setuptools else say("an environment without setuptools")
    severity: Severity = "error" if user.whole else "note"
    says = (
        say("{name} {version} imports pkg_resources, which {what} does not have: its import fails", name=one.name, version=one.version, what=what)
        if user.whole
        else say("the program of {name} {version} needs pkg_resources, which {what} does not have: it does not start", name=one.name, version=one.version,
                 what=what)
    )  # fmt: skip
    return RULE.found(
        one.name,
        says,
        [Evidence(path=each.path, text=f"{each.name} {each.version}") for each in (one, setuptools) if each is not None],
        (Fix(says=say("install a setuptools that has it"), edit=Edit(require=("setuptools<82",))),),
        severity=severity,
        sources=(user.source, _READ, *RULE.sources),
    )


RULE = Rule(
    cause="setuptools-without-pkg-resources",
    severity="error",
    check=_check,
    sources=("https://setuptools.pypa.io/en/latest/history.html",),
)
