"""Packages of `pip install --user` that come before the environment's own: conda and plain Pythons look into the user's folder first."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.audit.variables import set_to
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Outcome, Severity
from drivetrain.model.site_folder import SitePackage, UserSite
from drivetrain.words import say

_SHOWN = 3
_SHARED = ("numpy", "scipy", "protobuf", "ml-dtypes", "keras", "triton", "jaxlib")


def _check(context: Context) -> Iterator[Outcome]:
    environment, user = context.environment, context.environment.user_site
    if not context.runs_here or environment.root:
        yield RULE.unknown(WHOLE, say("which folder its user has on that machine is not known"))
    elif user is None or not user.installed:
        yield RULE.clear(WHOLE, say("nothing is installed in the user's own folder for this Python"))
    elif environment.kind == "venv":
        # site.py adds a venv's own folder before that of the user, even where the system's packages are visible.
        yield RULE.clear(WHOLE, say("a virtual environment comes before the user's own folder"))
    elif user.visible is None:
        yield RULE.unknown(WHOLE, say("whether this Python looks into {path} is not known", path=user.path))
    elif not user.visible:
        yield RULE.clear(WHOLE, say("{path} is hidden from this Python", path=user.path))
    else:
        yield _answer(context, user)


def _answer(context: Context, user: UserSite) -> Outcome:
    pairs = [(theirs, one) for theirs in user.installed if (one := context.environment.distribution(theirs.name)) and one.version != theirs.version]
    if not pairs:
        return RULE.clear(WHOLE, say("{path} holds no other version of what is here", path=user.path))
    pairs.sort(key=lambda pair: not _matters(context, pair[1]))
    shown = ", ".join(f"{theirs.name} {theirs.version}" for theirs, _ in pairs[:_SHOWN])
    names = say("{names} and {count} more", names=shown, count=len(pairs) - _SHOWN) if len(pairs) > _SHOWN else shown
    return RULE.found(
        pairs[0][0].name,
        say("{names} of {path} come before this environment's own {mine}", names=names, path=user.path, mine=f"{pairs[0][1].name} {pairs[0][1].version}"),
        [Evidence(path=theirs.path, text=say("comes first, before {mine}", mine=f"{one.name} {one.version}")) for theirs, one in pairs],
        (set_to("PYTHONNOUSERSITE", "1"),),
        severity=_severity(context, pairs),
    )


def _severity(context: Context, pairs: list[tuple[SitePackage, Installed]]) -> Severity:
    """Over a system's own packages a user's are laid on purpose."""
    if context.environment.kind == "system":
        return "note"
    return "error" if _matters(context, pairs[0][1]) else "warning"


def _matters(context: Context, one: Installed) -> bool:
    return one.name in _SHARED or one.name.startswith("nvidia-") or context.catalogue.framework(one.name) is not None


RULE = Rule(
    cause="user-site-shadows-env",
    severity="error",
    check=_check,
    sources=("https://docs.python.org/3/library/site.html", "https://docs.python.org/3/using/cmdline.html#envvar-PYTHONNOUSERSITE"),
)
