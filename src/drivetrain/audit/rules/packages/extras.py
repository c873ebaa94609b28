"""An extra asked for that the installed release does not have: pip warns in one line and installs without it."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.formats.dist_info import normalised
from drivetrain.model.dotted import is_dotted
from drivetrain.model.environment import Installed
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if not environment.requirements:
        yield RULE.unknown(WHOLE, say("nothing here records what was asked for"))
        return
    asked = list(_asked(environment.requirements))
    answers = [answer for name, extra in asked if (answer := _answer(context, name, extra)) is not None]
    yield from answers
    if not answers:
        yield RULE.clear(WHOLE, say("every extra that was asked for exists") if asked else say("no extra was asked for"))


def _asked(requirements: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    from packaging.requirements import InvalidRequirement, Requirement

    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        yield from ((normalised(requirement.name), normalised(extra)) for extra in sorted(requirement.extras))


def _answer(context: Context, name: str, extra: str) -> Outcome | None:
    one = context.environment.distribution(name)
    if one is None or extra in one.extras:
        return None
    if not one.path.endswith(".dist-info") or any(one.path in note for note in context.environment.notes):
        return RULE.unknown(name, say("which extras {name} {version} has cannot be read", name=name, version=one.version))
    return RULE.found(
        f"{name}[{extra}]",
        say(
            "{name} {version} has no extra {extra}: pip leaves it out with one line of warning, and nothing of it is installed",
            name=name,
            version=one.version,
            extra=extra,
        ),
        (
            Evidence(path=context.environment.requirements_from or None, text=f"{name}[{extra}]"),
            Evidence(path=f"{one.path}/METADATA", text=say("Provides-Extra: {extras}", extras=", ".join(one.extras) or say("none"))),
        ),
        _fixes(context, one, extra),
    )


def _fixes(context: Context, one: Installed, extra: str) -> Iterator[Fix]:
    having = _first_with(context, one.name, extra)
    if having and context.environment.platform == "linux":
        yield Fix(
            says=say("take a release that has it: {name}[{extra}] exists from {version} on", name=one.name, extra=extra, version=having),
            edit=Edit(require=(f"{one.name}[{extra}]>={having}",)),
            safety="unsafe",
        )
    yield Fix(
        says=say("ask for {name} alone; drivetrain adds what it needs for the GPU by itself", name=one.name),
        edit=Edit(require=(f"{one.name}=={one.version}",)),
    )


def _first_with(context: Context, name: str, extra: str) -> str | None:
    """Gives the oldest final release of the catalogue whose requirements know the extra."""
    marks = (f'extra == "{extra}"', f"extra == '{extra}'")
    having = [
        release.version
        for release in context.catalogue.releases(name)
        if not release.yanked and any(mark in each.marker for each in release.requires for mark in marks)
    ]
    finals = [version for version in having if is_dotted(version)]
    return finals[-1] if finals else None


RULE = Rule(
    cause="extra-not-in-release",
    severity="warning",
    check=_check,
    sources=("https://packaging.python.org/en/latest/specifications/core-metadata/#provides-extra-multiple-use",),
)
