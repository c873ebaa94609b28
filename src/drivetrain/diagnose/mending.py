"""Chooses what mends a cause from its page, and fills it with what is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from drivetrain.diagnose.conditions import all_hold
from drivetrain.diagnose.propositions import Propositions
from drivetrain.diagnose.ranking import Ranked, Reading
from drivetrain.model.cause import Deed, EditOfPage, FixOfPage, Safety

_FIELD = re.compile(r"\{([A-Za-z][\w.-]*)\}")


class Proposal(Struct, frozen=True, kw_only=True):
    """A fix whose words are filled and whose lines are still to be made."""

    says: str
    request: tuple[str, ...] = ()
    does: Deed | None = None
    commands: tuple[str, ...] = ()
    edit: EditOfPage | None = None
    safety: Safety = "safe"


def proposals(found: Ranked, reading: Reading, words: Mapping[str, str]) -> tuple[Proposal, ...]:
    """Gives the fixes whose conditions hold; where none is known to hold, those that may. `words` says them in another language."""
    known = reading.known(groups_of(found))
    values = {**computed(reading.propositions), **reading.facts, **dict(groups_of(found)), "pip": "python -m pip", "program": "drivetrain"}
    holding = [(all_hold(fix.when, known), fix) for fix in found.cause.fix]
    for state in (True, None):
        made = [made for answer, fix in holding if answer is state and (made := _filled(fix, values, words)) is not None]
        if made:
            return tuple(made)
    return ()


def groups_of(found: Ranked) -> tuple[tuple[str, str], ...]:
    """Gives what the cause's own lines captured, the likeliest line's first."""
    best = sorted(found.sightings, key=lambda one: -one[0].weight)
    return tuple({name: value for _, sighting in reversed(best) for name, value in sighting.groups}.items())


def computed(propositions: Propositions) -> dict[str, str]:
    """Gives values that texts ask for and the relations know: the CUDA of the build, the lowest driver for it."""
    from drivetrain.catalogue import drivers

    values: dict[str, str] = {}
    if propositions.version:
        values["release"] = propositions.version
    if propositions.cuda:
        target = propositions.target
        values["cuda"] = propositions.cuda
        values["cuda_major"] = propositions.cuda.split(".")[0]
        minimum = drivers.minimum_driver(propositions.cuda, target.os, wsl=target.wsl)
        values.update({"driver_minimum": minimum} if minimum else {})
    if propositions.row and propositions.row.cudnn:
        values["cudnn"] = propositions.row.cudnn
        values["cudnn_major"] = propositions.row.cudnn.split(".")[0]
    if propositions.capability:
        values["capability"] = propositions.capability
    return values


def _filled(fix: FixOfPage, values: Mapping[str, str], words: Mapping[str, str]) -> Proposal | None:
    """Gives the fix with its words filled; None where its sentence, or all that could be typed, asks for what is not known."""
    says = filled(words.get(fix.id, fix.says), values)
    commands = tuple(line for each in fix.commands if (line := filled(each, values)) is not None)
    request = tuple(line for each in fix.request if (line := filled(each, values)) is not None)
    edit = _edit(fix.edit, values) if fix.edit else None
    if says is None or (fix.commands and len(commands) < len(fix.commands)):
        return None
    if len(request) < len(fix.request):
        request = ()
    if fix.request and not request and not commands and edit is None and fix.does is None:
        return None
    if fix.edit and edit is None and not commands and not request:
        return None
    return Proposal(says=says, request=request, does=fix.does, commands=commands, edit=edit, safety=fix.safety)


def _edit(edit: EditOfPage, values: Mapping[str, str]) -> EditOfPage | None:
    require, drop = _all(edit.require, values), _all((*edit.drop, *edit.remove), values)
    variables = {name: text for name, value in edit.variables.items() if (text := filled(value, values)) is not None}
    unset = _all(edit.unset, values)
    if require is None or drop is None or unset is None or len(variables) < len(edit.variables):
        return None
    return EditOfPage(require=require, drop=drop, variables=variables, unset=unset)


def _all(texts: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...] | None:
    made = [filled(each, values) for each in texts]
    return None if None in made else tuple(each for each in made if each is not None)


def filled(text: str, values: Mapping[str, str]) -> str | None:
    """Fills `{name}`; None where one is not known. Braces around anything else stay."""
    names = [name for name in _FIELD.findall(text) if name in values or not text.count("{{" + name)]
    if any(name not in values for name in names):
        return None
    return _FIELD.sub(lambda found: values[found[1]], text)
