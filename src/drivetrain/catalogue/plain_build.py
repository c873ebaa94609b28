"""Gives the one build that a release of a library is, and the device code that is known of it."""

from __future__ import annotations

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.families import OWN_NUMBERS, family_of, is_cuda_library, is_cudnn, is_runtime
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.catalogue.source_builds import source_build
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.catalogue import BuildFact, LibraryCode, Release, Requirement

_DECIDING = {
    "nvidia-cudnn": ("libcudnn_ops", "libcudnn_cnn", "libcudnn_adv"),
    "nvidia-cublas": ("libcublas.",),
    "nvidia-nccl": ("libnccl.",),
    "jax-cuda": ("xla_cuda_plugin.",),
}
"""Shared libraries that a framework must load and whose code must fit. libcublasLt and cuDNN's engines are left out: they are
collections of kernels tuned for single chips, so that a small count there does not mean that the chip is not served."""


def plain_build(catalogue: Catalogue, distribution: str, release: Release, target: Target) -> Build:
    """Gives the one build that a release of a library is."""
    version = version_of(release.version)
    source = None if release.wheels else source_build(distribution, release.version)
    return Build(
        distribution=distribution,
        version=release.version,
        dated=release.released,
        family=_family(catalogue, distribution, release.version),
        cuda=".".join(release.version.split(".")[:2]) if is_runtime(distribution) else None,
        cudnn=release.version if is_cudnn(distribution) else None,
        brings_cuda=is_cuda_library(distribution),
        wheels=release.wheels,
        pythons=("py3",) if source else None,
        built_here=source is not None,
        requires_python=release.requires_python or (source.requires_python if source else ""),
        requires=source.requires if source else requires_on(release, target.platform),
        code=measured(catalogue, (distribution, release.version), deciding_libraries(distribution), (target.platform,)),
        yanked=release.yanked,
        prerelease=version.is_prerelease,
        complete=bool(release.read_from) or source is not None,
    )


def _family(catalogue: Catalogue, distribution: str, version: str) -> int | None:
    """Gives the CUDA family of a wheel; that of a library with numbers of its own as the newest cuda-toolkit says it, once there is one after CUDA 13."""
    family = family_of(distribution, version)
    if family is None or distribution not in OWN_NUMBERS:
        return family
    newest: int | None = catalogue.memory.get("newest-toolkit")
    if newest is None:
        found = (family_of("cuda-toolkit", each.version) or 0 for each in catalogue.releases("cuda-toolkit")[:1])
        newest = catalogue.memory["newest-toolkit"] = max(found, default=0)
    if newest <= family:
        return family
    from drivetrain.catalogue.toolkits import cuda_releases

    return max((each // 100 for each in cuda_releases(catalogue, distribution, version)), default=family)


def requires_on(release: Release, platform: str) -> tuple[Requirement, ...]:
    return next((requires for name, requires in release.requires_on if name == platform), release.requires)


def deciding_libraries(distribution: str) -> tuple[str, ...]:
    """Gives how the names of those of its shared libraries begin that a framework must load and whose code must fit."""
    return next((libraries for prefix, libraries in _DECIDING.items() if distribution.startswith(prefix)), ())


def measured(catalogue: Catalogue, release: tuple[str, str], libraries: tuple[str, ...], platforms: tuple[str, ...]) -> tuple[LibraryCode, ...] | None:
    """Gives the code of the deciding libraries: from the row that was measured on these platforms, else from the one that a document gives."""
    distribution, version = release
    if not libraries:
        return None
    exactly = f"=={version}"
    for row in catalogue.code_rows.get(distribution, ()):
        # Most rows are of one release: asking each for a specifier would cost more than all the rest of a plan's catalogue.
        fits = row.versions == exactly if row.versions.startswith("==") else satisfies(version, row.versions)
        if fits and (not row.platforms or all(each in row.platforms for each in platforms)):
            found = tuple(each for each in row.libraries if any(each.library.startswith(name) for name in libraries))
            if found:
                return found
    return None


def code_of_targets(framework: Framework, targets: tuple[str, ...] | None, sources: tuple[str, ...]) -> tuple[LibraryCode, ...] | None:
    """Gives the code that a build list names, for the library of the framework that must hold it; None where no list is known."""
    if targets is None:
        return None
    sass = tuple((each, 0) for each in targets if each.startswith("sm_"))
    ptx = tuple((each, 0) for each in targets if each.startswith("compute_"))
    return (LibraryCode(library=framework.libraries[0] if framework.libraries else framework.name, sass=sass, ptx=ptx, sources=sources),)


def build_code(catalogue: Catalogue, framework: Framework, release: tuple[str, str], row: BuildFact | None) -> tuple[LibraryCode, ...] | None:
    """Gives the code of a framework's build: counted in the binary where that was read, else the list it was built with."""
    if row is None or not row.cuda:
        return None
    if "index" in row.places and (counted := measured(catalogue, release, framework.libraries, row.platforms)):
        return counted
    return code_of_targets(framework, row.targets, row.sources)


def floor_of(specifier: str) -> str:
    return specifier.split(",")[0].lstrip("=><~! ")
