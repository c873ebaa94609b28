"""Reads conda's environment.yml, and what `conda list` and `conda list --export` print.

Source: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html#creating-an-environment-file-manually.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from drivetrain.errors import FileError
from drivetrain.formats.alternatives import spanning
from drivetrain.formats.conda_names import COMPONENTS, DISTRIBUTIONS, FINER, UNNEEDED, is_native
from drivetrain.formats.conda_spec import CondaSpec, alternatives, cuda_of_build, pep440_of, spec_of
from drivetrain.formats.draft import Draft
from drivetrain.formats.requirement_lines import numbered
from drivetrain.formats.requirements_file import gather_lines
from drivetrain.formats.yaml_tree import Leaf, Tree, tree_of
from drivetrain.words import say

_VERSION_ALONE = ("cuda-version", "cuda-runtime", "cuda-toolkit", "cuda")
"""Packages that say which CUDA there is, not which one a build was made with."""

SHOWN = 8
"""Names of native packages that a warning lists; an exported environment has a hundred."""


def gather_environment(draft: Draft, text: str) -> None:
    """Adds what the environment file asks for to the draft."""
    tree = tree_of(text, draft.name)
    dependencies = tree.get("dependencies") if isinstance(tree, dict) else None
    if not isinstance(dependencies, list):
        raise FileError(
            say("{file} has no list of dependencies", file=draft.name),
            say("an environment file has `dependencies:` with one package a line"),
        )
    channels = tree.get("channels") if isinstance(tree, dict) else None
    draft.channels.extend(each.text for each in channels if isinstance(each, Leaf)) if isinstance(channels, list) else None
    specs: list[tuple[str, CondaSpec]] = []
    pip_sections: list[Tree] = []
    for item in dependencies:
        if isinstance(item, Leaf):
            specs.extend(_spec(draft, item.text, item.line))
        elif isinstance(item, dict) and "pip" in item:
            pip_sections.append(item["pip"])
        else:
            draft.warn(draft.name, say("an entry of dependencies is neither a package nor a pip section and was left out"))
    _gather_specs(draft, specs)
    for section in pip_sections:
        _pip(draft, section)


def gather_conda_list(draft: Draft, text: str) -> None:
    """Adds what a listing of conda names: "name=version=build" lines, a table of four columns, or the URLs of an @EXPLICIT file."""
    specs: list[tuple[str, CondaSpec]] = []
    for number, line in numbered(text):
        words = line.split()
        if not words or words[0].startswith(("#", "@")):
            continue
        if "://" in words[0]:
            # The file name of a conda package is name-version-build; only the name may hold hyphens.
            file = re.sub(r"(?:\.conda|\.tar\.bz2)?(?:#.*)?$", "", words[0].rpartition("/")[2])
            words = [file.rsplit("-", 2)[0], *file.rsplit("-", 2)[1:]]
        specs.extend(_spec(draft, " ".join(words[:3]), number))
    _gather_specs(draft, specs)


def _spec(draft: Draft, text: str, line: int) -> list[tuple[str, CondaSpec]]:
    origin = f"{draft.name}:{line}"
    spec = spec_of(text)
    if spec is None:
        draft.warn(origin, say("{text} is no conda package and was left out", text=text))
        return []
    if spec.channel and spec.channel not in draft.channels and spec.channel != "pypi":
        draft.channels.append(spec.channel)
    return [(origin, spec)]


def _pip(draft: Draft, section: Tree) -> None:
    """The pip section is a requirements file, relative to the environment file."""
    items = section if isinstance(section, list) else [section]
    gather_lines(draft, [(each.line, each.text) for each in items if isinstance(each, Leaf)], draft.name)


def _gather_specs(draft: Draft, specs: Iterable[tuple[str, CondaSpec]]) -> None:
    native: list[str] = []
    builds: list[tuple[str, str]] = []
    for origin, spec in sorted(specs, key=lambda each: each[1].name in _VERSION_ALONE):
        if spec.name == "cpuonly":
            draft.accelerator = "cpu"
        elif spec.name in UNNEEDED:
            continue
        elif spec.name in COMPONENTS:
            _component(draft, spec, origin)
        elif spec.name not in DISTRIBUTIONS and spec.build != "pypi_0" and is_native(spec.name):
            native.append(spec.name)
        else:
            _distribution(draft, spec, origin)
            builds.append((origin, spec.build))
    _of_builds(draft, builds)
    if native:
        names = ", ".join(native[:SHOWN])
        more = len(native) - SHOWN
        if more > 0:
            draft.warn(
                draft.name,
                say("libraries and programs of conda that are no Python distributions were left out: {names} and {more} more", names=names, more=more),
            )
        else:
            draft.warn(draft.name, say("libraries and programs of conda that are no Python distributions were left out: {names}", names=names))


def _component(draft: Draft, spec: CondaSpec, origin: str) -> None:
    name = COMPONENTS[spec.name][0]
    specifier = _specifier(draft, spec, origin)
    labelled = re.search(r"label/cuda-(\d+\.\d+)", f"{spec.channel} {' '.join(draft.channels)}")
    if name == "cuda" and not specifier and labelled:
        specifier = f"=={labelled[1]}"
    # Components match by prefix, and builds know their CUDA as X.Y: a toolkit's patch release would match none.
    specifier = specifier.replace(".*", "")
    if name == "cuda":
        specifier = re.sub(r"(==|>=|<=|~=)(\d+\.\d+)(?:\.\d+)+", r"\1\2", specifier)
    wish = draft.wish(f"{name}{specifier}", origin) if specifier else None
    if wish and name == "cuda" and _gives_way(draft, spec, origin):
        return
    if wish and all((wish.name, wish.specifier) != (other.name, other.specifier) for other in draft.wishes):
        draft.wishes.append(wish)


def _gives_way(draft: Draft, spec: CondaSpec, origin: str) -> bool:
    """An exported environment may hold `cuda-version=12.6` beside `pytorch-cuda=12.4`: what was built against decides."""
    if spec.name in _VERSION_ALONE:
        built = next((each for each in draft.wishes if each.name == "cuda"), None)
        if built is not None and built.specifier.startswith("=="):
            if pep440_of(spec.version) != built.specifier and not spec.version.lstrip("=").startswith(built.specifier.lstrip("=")):
                draft.warn(origin, say("{name} gives way to {other}", name=f"{spec.name} {spec.version.lstrip('=')}", other=built.text))
            return True
    draft.wishes[:] = [each for each in draft.wishes if each.name != "cuda"]
    return False


def _distribution(draft: Draft, spec: CondaSpec, origin: str) -> None:
    name = DISTRIBUTIONS.get(spec.name, (spec.name, ""))[0]
    wish = draft.wish(f"{name}{_specifier(draft, spec, origin)}", origin)
    if wish and all((wish.name, wish.specifier) != (other.name, other.specifier) for other in draft.wishes):
        draft.wishes.append(wish)


def _specifier(draft: Draft, spec: CondaSpec, origin: str) -> str:
    given = [pep440_of(_exactness(spec, each)) for each in alternatives(spec.version)]
    known = [each for each in given if each is not None]
    version = spec.version.lstrip("=")
    if len(known) < len(given):
        draft.warn(origin, say("{name} = {version} is no version constraint; any version is taken", name=spec.name, version=version))
        return ""
    if len(known) == 1:
        return known[0]
    taken = spanning(known)
    draft.warn(
        origin, say("{name} = {version}: one requirement cannot hold alternatives; taken as {taken}", name=spec.name, version=version, taken=taken or "*")
    )
    return taken


def _exactness(spec: CondaSpec, version: str) -> str:
    """The version as it is meant of this package: one part more on the other side, or exactly the one whose build is given."""
    if spec.name in FINER:
        return re.sub(r"^=*(\d[\d.]*)$", r"=\1", version)
    # With its build "=1.2" means exactly that one package, and so exactly that version.
    return re.sub(r"^=(?!=)", "==", version) if spec.build and "*" not in version else version


def _of_builds(draft: Draft, builds: Iterable[tuple[str, str]]) -> None:
    """What build strings say where no package of its own says it: the CUDA of a build, or that it is for the CPU."""
    for origin, build in builds:
        if re.search(r"(?:^|_)cpu(?:_|$)|\*cpu\*", build) and not any(wish.name == "cuda" for wish in draft.wishes):
            draft.accelerator = "cpu"
        cuda = cuda_of_build(build)
        if cuda and not any(wish.name == "cuda" for wish in draft.wishes):
            wish = draft.wish(f"cuda=={cuda}", origin)
            draft.wishes.extend([wish] if wish else [])
