"""Judges what lies outside the package index for a target: platform, driver, what a CUDA compiles for, and the device code of the same release's wheel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.elsewhere import CHANNELS, Elsewhere
from drivetrain.catalogue.gpus import architectures
from drivetrain.catalogue.plain_build import plain_build
from drivetrain.catalogue.relations.device_code import code_runs_on
from drivetrain.catalogue.relations.driver import driver_serves, is_full
from drivetrain.model.build import Target
from drivetrain.model.catalogue import Architecture, LibraryCode, Release
from drivetrain.model.dotted import dotted
from drivetrain.model.listing import VersionRow
from drivetrain.model.plan import Reason
from drivetrain.words import say


class Judged(Struct, frozen=True):
    """What was found of one build."""

    label: str
    reason: str = ""
    """Empty where the target can use it."""
    cause: str | None = None
    sources: tuple[str, ...] = ()
    depth: int = 0
    certain: bool = True
    """False: the reason is a doubt, and whether it can be used is not known."""


class Elsewheres:
    """Answers for one target."""

    def __init__(self, facts: Catalogue, target: Target, *, is_framework: bool) -> None:
        self.facts = facts
        self.target = target
        self.is_framework = is_framework

    def rows(self, known: Iterable[Elsewhere]) -> Iterator[VersionRow]:
        """Gives one row for each version, place by place."""
        every = tuple(known)
        archived = {each.version: each.builds for each in every if each.channel == "archive"}
        for each in sorted(every, key=lambda each: CHANNELS.index(each.channel)):
            # A channel's listing that tells no CUDA has what the archive of that release is for.
            yield self._row(each if each.builds else replace(each, builds=archived.get(each.version, ())))

    def _row(self, each: Elsewhere) -> VersionRow:
        judged = [self._build(each, cuda, platforms) for cuda, platforms in each.builds or ((self._own_cuda(each), ()),)]
        usable = [one for one in judged if not one.reason]
        deepest = max(judged, key=lambda one: (not one.certain, one.depth))
        return VersionRow(
            version=each.version,
            released=each.released or None,
            source=each.channel,
            package=each.package,
            builds=tuple(dict.fromkeys(one.label for one in usable or judged if one.label)),
            usable=True if usable else False if all(one.certain for one in judged) else None,
            says=_told(each) if usable else deepest.reason,
            cause=None if usable else deepest.cause,
            sources=(*each.sources, *(() if usable else deepest.sources)),
        )

    def _own_cuda(self, each: Elsewhere) -> str:
        return ".".join(each.version.split(".")[:2]) if each.component == "cuda" else ""

    def _build(self, each: Elsewhere, cuda: str, platforms: tuple[str, ...]) -> Judged:
        label = f"CUDA {cuda}" if cuda and each.component != "cuda" else ""
        cuda = cuda or self._own_cuda(each)
        if platforms and self.target.platform not in platforms:
            says = say("there is no build for {platform}", platform=self.target.platform)
            return Judged(label, says, "platform-without-build", depth=0)
        if each.channel == "archive" and self.target.os == "macos":
            return Judged(label, say("there is no build for {platform}", platform=self.target.platform), "platform-without-build", depth=0)
        if each.broken and cuda.startswith("12"):
            says = say("conda-forge has labelled these builds broken: they hold no code below compute capability 7.5")
            return Judged(label, says, "compute-capability-not-in-build", each.sources, depth=1)
        if self.target.accelerator != "cuda":
            return Judged(label)
        if not cuda:
            # A cuDNN of which no CUDA is told can still be judged by its code; a framework without CUDA is one for the CPU.
            reason = say("it is a build for the CPU") if self.is_framework else ""
            return Judged(label, reason, "cpu-only-package-installed" if reason else None, depth=1)
        return self._for_gpu(each, cuda, label)

    def _for_gpu(self, each: Elsewhere, cuda: str, label: str) -> Judged:
        # A build for a whole major version asks for no more than that major's floor.
        served = driver_serves(self.target, cuda if "." in cuda else f"{cuda}.0")
        if isinstance(served, Reason):
            return Judged(label, served.says, served.cause, served.sources, depth=2)
        names = dict(self.target.gpu_names)
        for capability in self.target.capabilities:
            gpu = names.get(capability, capability)
            answers = (self._dropped(cuda, capability, gpu, label), self._unfit(each, cuda, (capability, gpu), label))
            if (found := next((one for one in answers if one is not None), None)) is not None:
                return found
        return Judged(label)

    def _dropped(self, cuda: str, capability: str, gpu: str, label: str) -> Judged | None:
        known = self._architecture(capability)
        if known is None or not known.cuda_dropped_in or dotted(known.cuda_dropped_in) > dotted(cuda if "." in cuda else f"{cuda}.0"):
            return None
        says = say("CUDA {dropped} dropped {gpu} (compute capability {capability})", dropped=known.cuda_dropped_in, gpu=gpu, capability=capability)
        return Judged(label, says, "compute-capability-not-in-build", known.sources, depth=3)

    def _unfit(self, each: Elsewhere, cuda: str, chip: tuple[str, str], label: str) -> Judged | None:
        """Asks the device code where it is known, else whether that CUDA could compile anything for the chip."""
        capability, gpu = chip
        code = self._code(each, cuda)
        if code is not None:
            about = f"{each.package} {each.version}"
            reason = code_runs_on(code, capability, jit=is_full(self.target, cuda), about=about, gpu=gpu, ceiling=self.target.ceiling)
            return Judged(label, reason.says, reason.cause, reason.sources, depth=4) if reason is not None else None
        known = self._architecture(capability)
        newest = cuda if "." in cuda else f"{cuda}.99"
        if known is None or dotted(newest) >= dotted(known.cuda_first) or (each.component != "cuda" and self._kin(newest, capability)):
            return None
        says = say("it is older than {gpu}, which came with CUDA {first}: only PTX in it could run there", gpu=gpu, first=known.cuda_first)
        return Judged(label, says, "compute-capability-not-in-build", known.sources, depth=3, certain=False)

    def _kin(self, cuda: str, capability: str) -> bool:
        """Tells whether this CUDA compiled for an older chip of the same generation, whose code runs on the newer one."""
        mine = dotted(capability)
        rows = (row for row in architectures() if row.compute_capability[-1].isdigit())
        return any(
            dotted(row.compute_capability)[0] == mine[0] and dotted(row.compute_capability) <= mine and dotted(row.cuda_first) <= dotted(cuda) for row in rows
        )

    def _architecture(self, capability: str) -> Architecture | None:
        return next((row for row in architectures() if row.compute_capability == capability), None)

    def _code(self, each: Elsewhere, cuda: str) -> tuple[LibraryCode, ...] | None:
        """NVIDIA publishes one cuDNN for a release and CUDA major: the wheel's libraries are those of the archive and of the channels."""
        if each.component == "cudnn":
            name = f"nvidia-cudnn-cu{cuda.split('.')[0]}"
            return plain_build(self.facts, name, Release(version=each.version), self.target).code
        framework = self.facts.framework(each.component)
        if framework is None or each.channel != "conda-forge":
            return None
        rows = (row for row in self.facts.conda_builds.get(framework.distribution, ()) if (row.version, row.cuda) == (each.version, cuda))
        targets = next((row.targets for row in rows if row.targets is not None and self.target.platform in row.platforms), None)
        return None if targets is None else (_listed(each.package, targets, each.sources),)


def _told(each: Elsewhere) -> str:
    """Says how far the list of the place is known."""
    return say("seen in public install logs; not the channel's full list") if each.channel == "defaults" else ""


def _listed(library: str, targets: tuple[str, ...], sources: tuple[str, ...]) -> LibraryCode:
    sass = tuple((target, 0) for target in targets if target.startswith("sm_"))
    return LibraryCode(library=library, sass=sass, ptx=tuple((target, 0) for target in targets if target.startswith("compute_")), sources=sources)
