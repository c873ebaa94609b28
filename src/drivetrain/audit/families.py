"""Tells which distributions of an environment belong to which CUDA family, and who needs whom."""

from __future__ import annotations

import re
from functools import cache

from drivetrain.catalogue.families import family_of
from drivetrain.formats.dist_info import normalised
from drivetrain.model.environment import Environment, Installed

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_normalised = cache(normalised)
"""Of two thousand requirements a hundred names."""
_FRAMEWORKS = ("torch", "tensorflow", "jax")
_CUDA_EXTRAS = ("nvidia-", "jax-cuda", "cuda-", "tensorrt")


def families_in(environment: Environment) -> dict[int, list[Installed]]:
    """Gives the distributions of each CUDA family, frameworks with their own build included."""
    found: dict[int, list[Installed]] = {}
    built = {each.distribution: each.cuda for each in environment.builds if each.is_cuda_build and each.cuda}
    for one in environment.installed:
        family = family_of(one.name, one.version)
        # A TensorFlow wheel is built with CUDA even where it runs without: its family is that of the nvidia wheels beside it.
        if family is None and one.name in ("torch", "jaxlib") and (cuda := built.get(one.name)):
            family = int(cuda.partition(".")[0])
        if family is not None:
            found.setdefault(family, []).append(one)
    return found


def required_by(environment: Environment) -> dict[str, list[Installed]]:
    """Gives, for each name, the distributions whose Requires-Dist names it; of what only an extra asks for, CUDA's own wheels alone."""
    needers: dict[str, list[Installed]] = {}
    for one in environment.installed:
        for line in one.requires:
            if (match := _NAME.match(line)) is None:
                continue
            name = _normalised(match[0])
            # optree[torch] needs torch in no environment that nobody asked for it in; jax[cuda12] is how jax gets its plugin.
            if "extra" in line.partition(";")[2] and not name.startswith(_CUDA_EXTRAS):
                continue
            names = needers.setdefault(name, [])
            if one not in names[-1:]:
                names.append(one)
    return needers


def frameworks_behind(name: str, needers: dict[str, list[Installed]]) -> list[Installed]:
    """Gives the frameworks, or else the topmost distributions, that need that name through any chain; none for a framework itself."""
    if name in _FRAMEWORKS:
        return []
    tops: dict[str, Installed] = {}
    seen, waiting = {name}, [name]
    while waiting:
        for one in needers.get(waiting.pop(), ()):
            if one.name in seen:
                continue
            seen.add(one.name)
            if one.name in _FRAMEWORKS or not needers.get(one.name):
                tops[one.name] = one
            else:
                waiting.append(one.name)
    known = [one for one in tops.values() if one.name in _FRAMEWORKS]
    return sorted(known or tops.values(), key=lambda one: one.name)
