"""Says of a framework that is no longer made when its last release was: it is planned all the same, and whoever asks for it should know."""

from __future__ import annotations

from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.plan import Finding
from drivetrain.solve.optimum import Joint
from drivetrain.words import say


def retired_notices(joint: Joint) -> tuple[Finding, ...]:
    """Gives a finding for each framework asked for that is retired."""
    found = []
    for name in joint.asked:
        framework = joint.sieve.catalogue.framework(name)
        if framework is None or framework.retired is None:
            continue
        finals = [each for each in joint.sieve.catalogue.releases(name) if not version_of(each.version).is_prerelease]
        last = max(finals, key=lambda each: each.released)
        says = say("{title} is retired: its last release is {version} of {date}", title=framework.title, version=last.version, date=last.released)
        found.append(Finding(cause=framework.retired[0], says=says))
    return tuple(found)
