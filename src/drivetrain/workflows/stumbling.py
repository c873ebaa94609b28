"""Tells from uv's explanation of a clash which releases of a plan no stack with this request can hold."""

from __future__ import annotations

import re

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.model.lock import Clash
from drivetrain.model.plan import Plan, Reason
from drivetrain.model.request import Request
from drivetrain.words import say

_PYTHON = re.compile(
    r"usable wheels|no wheels with a matching Python|Python ABI tag|requested Python version|Requires-Python|current Python version", re.IGNORECASE
)
_PYTHONS = 6
"""Pythons that are tried in turn: a distribution that has no wheel at all would send us through all of them."""
_NEEDS = r"depends? on {name}(?:\[[^\]]*\])?([<>=!~][^\s]*)"
_IS_SUBJECT = r"(?<![\w.-]){name}(?:\[[^\]]*\])?(?:[<>=!~][^\s]*)? depends? on"


def stumbling_blocks(plan: Plan, clash: Clash, request: Request, facts: Catalogue) -> tuple[tuple[str, str], ...]:
    """Gives what to rule out: the Python where uv lacks wheels for it, else the release that uv names, and all others that the same explanation holds for."""
    tried = sum(1 for name, _ in request.ruled_out if name == "python")
    if _PYTHON.search(clash.says) and tried < _PYTHONS and not any(each.name == "python" for each in request.wishes):
        return (("python", plan.python),)
    asked = [name for name in clash.names if (package := plan.package(name)) and package.requested]
    name = next(iter((*asked, *clash.names)), None)
    release = plan.package(name) if name else None
    if release is None:
        return ()
    return ((release.name, release.version), *((release.name, version) for version in _likewise(release.name, release.version, clash, facts)))


def _likewise(name: str, version: str, clash: Clash, facts: Catalogue) -> tuple[str, ...]:
    """Gives the other releases that lie outside every bound that uv's explanation rests on.

    "fastai==2.7.12 depends on torch>=1.7,<2.1 and you require torch==2.13.0" holds for each torch from 2.1 on. Where the explanation also rests on
    what the release itself requires, or lists several bounds at once, it speaks of this release alone.
    """
    says = explained(clash)
    named = re.escape(name)
    bounds = re.findall(_NEEDS.format(name=named), says)
    if not bounds or " of: " in says or re.search(_IS_SUBJECT.format(name=named), says):
        return ()
    outside = [each.version for each in facts.releases(name) if not any(satisfies(each.version, bound.rstrip(",.")) for bound in bounds)]
    return tuple(each for each in outside if each != version) if version in outside else ()


def reasons_of(stones: tuple[tuple[str, str], ...], clash: Clash) -> tuple[Reason, ...]:
    """Says of each release that was ruled out what uv said of it: the requirement that it breaks, or else all of its explanation."""
    says = explained(clash)
    needs = sorted(set(re.findall(rf"(\S+) depends? on ({re.escape(stones[0][0])}[<>=!~][^\s]*)", says))) if len(stones) > 1 else []
    ((holder, requirement), *others) = needs or [("", "")]
    text = (
        say("left out: {holder} needs {requirement}", holder=holder, requirement=requirement.rstrip(",."))
        if holder and not others
        else say("left out: it cannot be resolved with the rest of the request ({says})", says=says)
    )
    newest_first = sorted(stones, key=lambda each: version_of(each[1]), reverse=True)
    return tuple(Reason(cause="dependency-pin-conflict", about=name, version=version, says=text) for name, version in newest_first)


def explained(clash: Clash) -> str:
    """Gives uv's explanation in one line, without its hints about uv's own flags."""
    return " ".join(clash.says.partition("hint:")[0].split())
