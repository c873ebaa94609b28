"""Packages of conda that are not whole: files of its records that are missing from the prefix, or cut short."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import join

from drivetrain.audit.conda_records import without_records
from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.site_folder import CondaPackage
from drivetrain.words import say

_LIBRARY = (".so", ".dll", ".dylib", ".pyd")


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if (answer := without_records(context, RULE)) is not None:
        yield answer
        return
    # What brought a distribution is judged by that one's RECORD, and what pip has replaced is not conda's any more.
    damaged = [each for each in environment.conda if each.missing_count and not each.replaced_by and not each.distribution]
    for each in damaged:
        yield _found(context, each)
    if not damaged:
        yield RULE.clear(WHOLE, say("{count} packages of conda's are whole", count=len(environment.conda)))


def _found(context: Context, package: CondaPackage) -> Outcome:
    spec = f"{package.name}={package.version}={package.build}"
    libraries = any(path.endswith(_LIBRARY) or ".so." in path for path in package.missing)
    return RULE.found(
        package.name,
        say("{name} {version}: {count} of the {total} files that conda installed are gone or have another size", name=package.name, version=package.version,
            count=package.missing_count, total=package.files),
        [Evidence(path=f"{context.environment.prefix}/{path}", text=say("missing, or of another size")) for path in package.missing],
        (Fix(says=say("install {name} {version} again", name=package.name, version=package.version), safety="shown",
             commands=(join(("conda", "install", "--prefix", context.environment.prefix, "--force-reinstall", spec)),)),),
        severity="error" if libraries else "note",
    )  # fmt: skip


RULE = Rule(
    cause="environment-incomplete",
    severity="error",
    check=_check,
    sources=("https://docs.conda.io/projects/conda-build/en/latest/resources/package-spec.html",),
)
