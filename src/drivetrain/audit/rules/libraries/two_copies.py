"""Two cuDNN or NCCL in one process, or parts of one cuDNN from two places: which one answers depends on who came first."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.audit.loader.asking import answered, stem_of
from drivetrain.audit.loader.reading import files_by_name
from drivetrain.audit.loader.variable import without_variable
from drivetrain.audit.rule import Context, Rule
from drivetrain.model.build import Framework
from drivetrain.model.loading import Difference, Loaded
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_JUDGED = {"libcudnn": ("cuDNN", "two-cudnn-versions-in-env"), "libnccl": ("NCCL", "two-nccl-versions-in-env")}


def _check(context: Context) -> Iterator[Outcome]:
    yield from answered(RULE, context, _judged, say("no process here loads two cuDNN or two NCCL"))


def _judged(context: Context, framework: Framework, answers: tuple[Loaded, ...]) -> Iterator[Outcome]:
    new = [one for one in answers if one.is_new]
    yield from _parts(context, framework, [one for one in new if stem_of(one.soname).startswith("libcudnn")])
    for stem in _JUDGED:
        if len(copies := {one.path: one for one in new if stem_of(one.soname) == stem}) > 1:
            yield _copies(context, framework, stem, list(copies.values()))
    for each in context.loader.differences(framework):
        if stem_of(each.name) in _JUDGED and each.version != each.alone_version and not _is_of_variable(context, framework, each):
            yield _order(context, framework, each)


def _parts(context: Context, framework: Framework, parts: list[Loaded]) -> Iterator[Outcome]:
    """cuDNN refuses to work with parts of another version (CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH)."""
    front = next((one for one in parts if stem_of(one.soname) == "libcudnn"), None)
    if front is None or not front.version:
        return
    strange = [
        one
        for one in parts
        if one.version and one.version.split(".")[:3] != front.version.split(".")[:3] and one.name.rpartition(".")[2] == front.name.rpartition(".")[2]
    ]
    if strange:
        yield RULE.found(
            framework.distribution,
            say(
                "{name} is {version}, and its part {part} is {other}",
                name=front.soname,
                version=front.version,
                part=strange[0].soname,
                other=strange[0].version,
            ),
            [Evidence(path=one.path, text=one.version) for one in (front, *strange)],
            _fixes(context),
            severity="error",
        )


def _copies(context: Context, framework: Framework, stem: str, copies: list[Loaded]) -> Outcome:
    title, cause = _JUDGED[stem]
    told = ", ".join(f"{one.soname} {one.version}".strip() for one in copies)
    says = say("a process with {framework} loads {count} {title}: {names}", framework=framework.title, count=len(copies), title=title, names=told)
    return RULE.found(
        framework.distribution,
        says,
        [Evidence(path=one.path, text=f"{one.distribution} {one.version}".strip()) for one in copies],
        _fixes(context),
        cause=cause,
    )


def _order(context: Context, framework: Framework, one: Difference) -> Outcome:
    title, cause = _JUDGED[stem_of(one.name)]
    return RULE.found(
        framework.distribution,
        say(
            "imported after {other}, {framework} computes with {title} {version}, alone with {alone}",
            other=one.order[0],
            framework=framework.name,
            title=title,
            version=one.version or "?",
            alone=one.alone_version or "?",
        ),
        [
            Evidence(path=one.path, text=say("loaded by {name} first", name=one.order[0])),
            Evidence(path=one.alone, text=say("loaded by {name} alone", name=framework.name)),
        ],
        _fixes(context),
        cause=cause,
    )


def _is_of_variable(context: Context, framework: Framework, one: Difference) -> bool:
    """Tells whether one of the two comes out of LD_LIBRARY_PATH before one of the environment's own: that finding is told, and its fix clears this too."""
    system = context.environment.system
    folders = {each.path for each in system.folders if each.why == "LD_LIBRARY_PATH"} if system is not None else set()
    first = next((each for each in context.loader.frameworks if each.name == one.order[0]), framework)
    for path, whose in ((one.alone, framework), (one.path, first)):
        if path.rpartition("/")[0] in folders:
            brought = files_by_name(without_variable(context).of(whose)).get(one.name, ("/", ""))[0]
            return not brought.startswith("/")
    return False


def _fixes(context: Context) -> tuple[Fix, ...]:
    names = tuple(each.distribution for each in context.loader.frameworks)
    return (Fix(says=say("plan {frameworks} again: one cuDNN for all", frameworks=", ".join(names)), edit=Edit(require=names)),)


RULE = Rule(
    cause="two-cudnn-versions-in-env",
    severity="warning",
    check=_check,
    sources=("https://docs.nvidia.com/deeplearning/cudnn/backend/latest/api/overview.html", "https://man7.org/linux/man-pages/man8/ld.so.8.html"),
)
