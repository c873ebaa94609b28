"""What of an environment is conda's to change, and the lines that ask conda for it: a plan of wheels knows nothing of its packages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from drivetrain.formats.dist_info import normalised
from drivetrain.formats.requirements import wish_of
from drivetrain.model.environment import Environment
from drivetrain.model.plan import Edit
from drivetrain.model.request import Wish
from drivetrain.model.site_folder import CondaPackage
from drivetrain.report.shell import Shell, command_line

_ANY_PATCH = re.compile(r"==\s*(\d[\d.]*)\.\*")


def owned_by_conda(environment: Environment) -> dict[str, CondaPackage]:
    """Gives conda's packages by the name of the distribution that each brought, but for those that another installer has put its own over."""
    return {each.distribution or normalised(each.name): each for each in environment.conda if not each.replaced_by}


def conda_lines(edit: Edit, environment: Environment, shell: Shell) -> tuple[str, ...]:
    """Gives what is typed for an edit of what conda installed: which versions there are, conda knows."""
    owned = owned_by_conda(environment)
    wishes = [wish_of(text) for text in edit.require if wish_of(text).name in owned]
    gone = [owned[name].name for name in (wish_of(text).name for text in edit.drop) if name in owned and name not in {each.name for each in wishes}]
    again = [each for each in wishes if each.specifier == f"=={owned[each.name].version}"]
    bare = [owned[each.name].name for each in wishes if not each.specifier]
    others = [_spec(owned[each.name].name, each) for each in wishes if each.specifier and each not in again]
    there = ("--prefix", environment.prefix)
    lines = [("conda", "remove", *there, *gone)] if gone else []
    lines += [put_back(environment, (each.name for each in again))] if again else []
    lines += [("conda", "install", *there, *others)] if others else []
    lines += [("conda", "update", *there, *bare)] if bare and not others else []
    return tuple(command_line(each, shell) for each in lines)


def put_back(environment: Environment, names: Iterable[str]) -> tuple[str, ...]:
    """Gives the words that install these of conda's packages again, in the very builds that its records name."""
    owned = owned_by_conda(environment)
    specs = ("=".join(filter(None, (owned[name].name, owned[name].version, owned[name].build))) for name in names)
    return ("conda", "install", "--prefix", environment.prefix, "--force-reinstall", *specs)


def _spec(name: str, wish: Wish) -> str:
    """Gives a requirement as conda writes it, which has no "==1.26.*"; a version alone stands behind a space."""
    says = _ANY_PATCH.sub(r"\1.*", wish.specifier)
    return f"{name} {says}" if says[:1].isdigit() else f"{name}{says}"
