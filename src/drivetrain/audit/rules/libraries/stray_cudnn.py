"""A cuDNN that no package brought, copied or linked by hand into the packages' folders beside the one that a wheel brought."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import join, quote

from drivetrain.audit.loader.asking import major_of, stem_of
from drivetrain.audit.rule import Context, Rule
from drivetrain.model.environment import Environment
from drivetrain.model.library import Library
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    libraries = [each for each in environment.libraries if stem_of(each.name).startswith(("libcudnn", "cudnn")) and not each.path.startswith(("/", "../"))]
    if environment.kind == "conda" or any(not one.files for one in environment.installed):
        # A cuDNN of conda's belongs to a package that has no RECORD.
        yield RULE.clear("cudnn", say("no cuDNN lies here")) if not libraries else RULE.unknown("cudnn", say("not every package says which files are its own"))
        return
    owned = {each.path for each in libraries if environment.key(each.path) in environment.claims}
    owned |= {each.link for each in libraries if environment.key(each.link) in environment.claims}
    strays = [each for each in libraries if each.path not in owned and not _is_the_same(each, owned)]
    brought = next((each for each in libraries if each.path in owned and stem_of(each.name) == "libcudnn"), None)
    if strays and brought is not None:
        yield _found(environment, strays, brought)
    else:
        yield RULE.clear("cudnn", say("every cuDNN here belongs to a package") if libraries else say("no cuDNN lies here"))


def _is_the_same(library: Library, owned: set[str]) -> bool:
    """Tells whether it is a link to what a package brought, under its own name: TensorFlow's guide had people make such links beside its libraries."""
    return library.link in owned and stem_of(library.name) == stem_of(library.link) and major_of(library.name) in (None, major_of(library.link))


def _found(environment: Environment, strays: list[Library], brought: Library) -> Outcome:
    front = next((each for each in strays if stem_of(each.name) == "libcudnn"), strays[0])
    folders: dict[str, list[str]] = {}
    for each in strays:
        folders.setdefault(each.path.rpartition("/")[0], []).append(each.name)
    commands = tuple(f"cd {quote(f'{environment.site_packages}/{folder}')} && rm -- {join(names)}" for folder, names in folders.items())
    if environment.platform == "windows":
        commands = ()  # Its shells differ in it.
    return RULE.found(
        "cudnn",
        say("{path} belongs to no package: a second cuDNN beside {brought}, put there by hand", path=front.path, brought=brought.path),
        [
            Evidence(path=brought.path, text=say("of the package")),
            *(
                Evidence(path=each.path, text=say("a link to {target}", target=each.link) if each.link else say("{bytes} bytes", bytes=each.bytes))
                for each in strays
            ),
        ],
        (Fix(says=say("delete what no package brought: {count} files", count=len(strays)), commands=commands, safety="shown"),),
    )


RULE = Rule(
    cause="two-cudnn-versions-in-env",
    severity="warning",
    check=_check,
    sources=(
        "https://docs.nvidia.com/deeplearning/cudnn/installation/latest/linux.html",
        "https://packaging.python.org/en/latest/specifications/recording-installed-packages/",
    ),
)
