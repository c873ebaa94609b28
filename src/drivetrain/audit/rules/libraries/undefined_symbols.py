"""Libraries that take names which nobody here gives: the import fails with "undefined symbol", as the symbol tables prove."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.audit.rules.packages import extensions
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.library import Unmet
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_NAME = re.compile(r"_Z(?:T[ISVT]|GV|GR)?N[VKRO]*")
_CAUSES = {"mkl": "mkl-too-new-for-torch", "cudnn": "cudnn-runtime-older-than-build"}
_FRAMEWORKS = ("torch", "tensorflow")
_SHOWN = 5


def _check(context: Context) -> Iterator[Outcome]:
    unmet = context.environment.unmet
    if unmet is None:
        yield RULE.unknown(WHOLE, say("which names the libraries take of each other was not read"))
        return
    told = {(each.cause, each.about) for each in extensions.RULE.check(context) if each.state == "found"}
    for group in _groups(context.environment, unmet):
        outcome = _judged(context.environment, group)
        if (outcome.cause, outcome.about) not in told:
            yield outcome
    if not unmet:
        yield RULE.clear(WHOLE, say("every name that the libraries take of frameworks and of CUDA is there"))
    elif told:
        yield RULE.unknown(WHOLE, say("the names that are missing belong to extensions which are accused already"))


def _groups(environment: Environment, unmet: tuple[Unmet, ...]) -> Iterator[tuple[Unmet, ...]]:
    """Gives what one distribution lacks of one giver together: its libraries mostly fail alike."""
    groups: dict[tuple[str, str], list[Unmet]] = {}
    for each in unmet:
        taker = owner_of(environment, each.path)
        groups.setdefault((taker.name if taker is not None else each.path, each.giver), []).append(each)
    return (tuple(sorted(group, key=lambda each: (not each.instead, -each.count))) for group in groups.values())


def _judged(environment: Environment, group: tuple[Unmet, ...]) -> Outcome:
    """What a folder of LD_LIBRARY_PATH holds comes before what is here, and may have the name."""
    unmet = group[0]
    folders = environment.system.folders if environment.system is not None else ()
    names = {path.rpartition("/")[2] for path in unmet.asked}
    before = next((each.path for each in folders if each.why == "LD_LIBRARY_PATH" and names & set(each.names)), None)
    if before is None:
        return _found(environment, group)
    library = unmet.path.rpartition("/")[2]
    says = say("{library} takes {name}, which nothing here gives; what lies in {folder} may", library=library, name=readable(unmet.symbols[0]), folder=before)
    taker = owner_of(environment, unmet.path)
    return RULE.unknown(taker.name if taker is not None else unmet.path, says, cause=_cause(unmet, taker, None))


def _found(environment: Environment, group: tuple[Unmet, ...]) -> Outcome:
    unmet = group[0]
    taker = owner_of(environment, unmet.path)
    giver = next((owner for path in unmet.asked if (owner := owner_of(environment, path)) is not None), None)
    named = f"{giver.name} {giver.version}" if giver is not None else unmet.giver
    library, symbol = unmet.path.rpartition("/")[2], readable(unmet.symbols[0])
    says = say('{library} takes {name}, which {giver} does not give: the loader says "undefined symbol"', library=library, name=symbol, giver=named)
    if unmet.instead:
        says = say(
            '{library} takes {name}, which {giver} has only with the other C++ ABI for strings (_GLIBCXX_USE_CXX11_ABI): the loader says "undefined symbol"',
            library=library, name=symbol, giver=named,
        )  # fmt: skip
    about = taker.name if taker is not None else unmet.path
    return RULE.found(about, says, _evidence(group, named), _fixes(environment, unmet, taker, giver), cause=_cause(unmet, taker, giver))


def _evidence(group: tuple[Unmet, ...], named: str) -> Iterator[Evidence]:
    for unmet in group:
        for each in unmet.symbols[: _SHOWN if len(group) == 1 else 1]:
            yield Evidence(path=unmet.path, text=f"undefined symbol: {each}")
        if unmet.count > (_SHOWN if len(group) == 1 else 1):
            yield Evidence(path=unmet.path, text=say("{count} such names in all", count=unmet.count))
        if unmet is group[0] and unmet.instead:
            yield Evidence(path=unmet.asked[0], text=say("gives {name} instead", name=unmet.instead))
    for path in group[0].asked:
        yield Evidence(path=path, text=say("gives no such name ({owner})", owner=named))


def _cause(unmet: Unmet, taker: Installed | None, giver: Installed | None) -> str:
    if unmet.giver not in _FRAMEWORKS:
        return _CAUSES.get(unmet.giver, RULE.cause)
    if taker is not None and giver is not None and taker.name == giver.name:
        return "environment-incomplete"
    return "torchvision-torch-mismatch" if taker is not None and taker.name == "torchvision" else "extension-built-for-other-framework-version"


def _fixes(environment: Environment, unmet: Unmet, taker: Installed | None, giver: Installed | None) -> Iterator[Fix]:
    if taker is None:
        yield Fix(says=say("compile {path} again with what is here, or take the file away", path=unmet.path), safety="shown")
    elif giver is None or taker.name == giver.name:
        again = Edit(require=(f"{taker.name}=={taker.version}",))
        yield Fix(says=say("install {name} {version} again", name=taker.name, version=taker.version), edit=again)
    elif unmet.giver in _FRAMEWORKS:
        edit = Edit(require=(taker.name, giver.name))
        yield Fix(says=say("plan {name} and {other} together: the newest of each that go with each other", name=taker.name, other=giver.name), edit=edit)
    else:
        asking = tuple(one.name for one in environment.installed if one.name != taker.name and any(_asks(each, giver.name) for each in one.requires))
        edit = Edit(require=asking or (taker.name, giver.name))
        names = ", ".join(edit.require)
        yield Fix(says=say("plan {names} again, so that {other} is of the release that it was built with", names=names, other=giver.name), edit=edit)


def _asks(requirement: str, name: str) -> bool:
    return re.match(rf"{re.escape(name)}(?![\w.-])", requirement) is not None and not re.search(r"\bextra\s*==", requirement)


def owner_of(environment: Environment, path: str) -> Installed | None:
    """Gives the distribution whose RECORD lists a library."""
    return next((one for one, _ in environment.claims.get(environment.key(path), ())), None)


def readable(symbol: str) -> str:
    """Gives "c10::Error::Error" for "_ZN3c105ErrorC2ENS_14SourceLocationESs"; the symbol itself where its name is not so simple."""
    start = _NAME.match(symbol)
    parts: list[str] = []
    place = start.end() if start is not None else 0
    while start is not None and (number := re.compile(r"\d+").match(symbol, place)) is not None:
        end = number.end() + int(number[0][:4])
        parts.append(symbol[number.end() : end])
        place = end
    if not parts:
        return symbol
    last = {"C": parts[-1], "D": f"~{parts[-1]}"}.get(symbol[place : place + 1]) if symbol[place + 1 : place + 2].isdigit() else None
    return "::".join([*parts, last] if last else parts)


RULE = Rule(
    cause="cuda-lib-older-than-build",
    severity="error",
    check=_check,
    sources=("https://pytorch.org/docs/stable/cpp_extension.html", "https://man7.org/linux/man-pages/man3/dlopen.3.html"),
)
