"""The system's C library against what libraries and wheel tags ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drivetrain.audit.loader.asking import untold
from drivetrain.audit.rule import Context, Rule
from drivetrain.catalogue.relations.wheel_fit import needed_release
from drivetrain.model.dotted import at_least, dotted, is_dotted
from drivetrain.model.environment import Installed
from drivetrain.model.library import Library
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    glibc = context.machine.os.glibc
    if context.environment.platform != "linux" or not context.runs_here:
        yield RULE.clear("glibc", say("the environment is of another operating system than the machine"))
    elif glibc is None and context.machine.os.musl:
        yield _on_musl(context)
    elif glibc is None:
        yield RULE.unknown("glibc", say("the machine's C library is not known"))
    else:
        yield from _judged(context, glibc)


def _on_musl(context: Context) -> Outcome:
    """Answers for Alpine and the like, which load nothing that was linked against glibc."""
    foreign = [one for one in context.environment.installed if _tagged(one) is not None]
    if not foreign:
        return RULE.clear("glibc", say("nothing here is built for glibc"))
    says = say("{count} distributions are built for glibc, and this system has musl: their libraries cannot be loaded", count=len(foreign))
    evidence = [Evidence(path=f"{one.path}/WHEEL", text=f"Tag: {one.tags[0]}") for one in foreign]
    fix = Fix(says=say("use an image with glibc (Debian, Ubuntu): the frameworks have no wheels for musl"), safety="shown")
    return RULE.found("glibc", says, evidence, (fix,), cause="platform-without-build")


def _judged(context: Context, glibc: str) -> Iterator[Outcome]:
    newer = [(each, need) for each in context.environment.libraries if (need := needed(each, "GLIBC")) and not at_least(glibc, need)]
    tagged = [(one, need) for one in context.environment.installed if (need := _tagged(one)) is not None and not at_least(glibc, need)]
    if context.machine.described and (newer or tagged):
        yield RULE.unknown("glibc", say("libraries here ask for a newer glibc than the {glibc} that was taken for granted", glibc=glibc))
        return
    by_owner: dict[str, tuple[Installed | None, list[tuple[Library, str]]]] = {}
    for library, need in newer:
        owner = context.loader.shelf.owner(library)
        by_owner.setdefault(owner.name if owner else library.name, (owner, []))[1].append((library, need))
    for name, (owner, several) in by_owner.items():
        yield _of_libraries(context, (name, owner), several, glibc)
    # A tag asks for more than its libraries do where these were read and ask for less.
    tagged = [(one, need) for one, need in tagged if one.name not in by_owner and not context.environment.libraries]
    for one, need in tagged:
        says = say("{name} {version} is built for glibc {need}, this system has {glibc}", name=one.name, version=one.version, need=need, glibc=glibc)
        yield RULE.found(one.name, says, [Evidence(path=f"{one.path}/WHEEL", text=f"Tag: {tag}") for tag in one.tags], _fixes(one.name))
    if not by_owner and not tagged:
        yield RULE.clear("glibc", say("glibc {glibc} is what everything here needs, or newer", glibc=glibc))


def _of_libraries(context: Context, owner: tuple[str, Installed | None], several: list[tuple[Library, str]], glibc: str) -> Outcome:
    name, one = owner
    need = max((each for _, each in several), key=dotted)
    title = f"{one.name} {one.version}" if one else name
    says = say("{title} needs glibc {need}, this system has {glibc}: the loader refuses it", title=title, need=need, glibc=glibc)
    evidence = [Evidence(path=library.path, text=f"GLIBC_{each}") for library, each in several]
    certain = _is_loaded(context, (library for library, _ in several)) or (one is not None and (tag := _tagged(one)) is not None and not at_least(glibc, tag))
    # A wheel may carry a library for newer systems that nobody loads on this one.
    return RULE.found(name, says, evidence, _fixes(one.name if one else None), severity="error" if certain else "warning")


def _is_loaded(context: Context, libraries: Iterable[Library]) -> bool:
    if untold(context):
        return False
    loaded = {answer.path for each in context.loader.frameworks for answer in context.loader.of(each) if answer.when == "import"}
    return any(each.path in loaded for each in libraries)


def needed(library: Library, prefix: str) -> str | None:
    """Gives the newest "2.34" that a library asks for as "GLIBC_2.34"; None where it names no number."""
    numbers = (each[len(prefix) + 1 :] for each in library.linkage.needs_versions if each.startswith(f"{prefix}_"))
    return max(filter(is_dotted, numbers), key=dotted, default=None)


def _tagged(one: Installed) -> str | None:
    """Gives the lowest glibc that one of a wheel's tags is content with; None where none asks, or one is for any system."""
    tags = [tag.rpartition("-")[2] for tag in one.tags]
    needs = [needed_release(tag) for tag in tags if "linux" in tag]
    if not needs or any(tag == "any" for tag in tags) or any(need is None or not need[0].isdigit() for need in needs):
        return None
    return min((need for need in needs if need), key=dotted)


def _fixes(name: str | None) -> tuple[Fix, ...]:
    newer = Fix(says=say("use a newer system, or a container with one: glibc cannot be replaced inside an environment"), safety="shown")
    return (Fix(says=say("plan {name} again: a release for this system", name=name), edit=Edit(require=(name,))), newer) if name else (newer,)


RULE = Rule(
    cause="glibc-too-old",
    severity="error",
    check=_check,
    sources=("https://peps.python.org/pep-0600/", "https://man7.org/linux/man-pages/man8/ld.so.8.html"),
)
