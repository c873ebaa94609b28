"""What follows from facts through the relations that planner and auditor ask too: a driver too old, a GPU without code, two CUDA majors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from drivetrain.catalogue.families import family_of, is_cudnn
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.diagnose.facts import absent, number_of, packages_of
from drivetrain.model.dotted import dotted
from drivetrain.words import say

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue
    from drivetrain.model.build import Target
    from drivetrain.model.catalogue import BuildFact

_OTHER_VENDOR = re.compile(r"(?i)\b(amd|radeon|rx ?\d{3,4}|gfx\d+|intel|iris|arc a\d+|uhd|apple|m[123])\b")
_NVIDIA = re.compile(r"(?i)nvidia|geforce|\b[rg]tx\b|tesla|quadro|titan|\b[avhltpkb]\d{1,3}0{0,2}\b|jetson")

Answer = tuple[bool | None, str]
"""Whether it holds, and the sentence that says why."""
UNTOLD: Answer = (None, "")


class Propositions:
    """The propositions about one set of facts; the catalogue is read only where one of them asks it."""

    def __init__(self, facts: Mapping[str, str], catalogue: Callable[[], Catalogue]) -> None:
        self.facts = facts
        self.packages = packages_of(facts)
        self._catalogue = catalogue
        self._answers: dict[str, Answer] = {}

    def answer(self, name: str) -> Answer:
        """Gives what the facts say of a proposition."""
        if name not in self._answers:
            self._answers[name] = _ASKED[name](self)
        return self._answers[name]

    def holds(self, name: str) -> bool | None:
        return self.answer(name)[0]

    def number(self, key: str) -> str | None:
        value = self.facts.get(key)
        return number_of(value) if value is not None and not absent(value) else None

    @property
    def framework(self) -> str:
        return self.facts.get("framework", "")

    @cached_property
    def version(self) -> str | None:
        """The framework's release, without its local part."""
        return self.number("framework_version")

    @cached_property
    def rows(self) -> tuple[BuildFact, ...]:
        """What the catalogue knows of the release's builds on this system."""
        if not self.version or not self.framework:
            return ()
        facts = self._catalogue()
        rows = facts.facts_of_release(self.framework, self.version)
        if not rows:
            same = [row for row in facts.facts(self.framework) if f"{row.version}.".startswith(f"{self.version}.")]
            newest = max((row.version for row in same), key=version_of, default=None)
            rows = tuple(row for row in same if row.version == newest)
        system = {"wsl2": "linux"}.get(self.facts.get("os", "linux"), self.facts.get("os", "linux"))
        return tuple(row for row in rows if any(each.startswith(system) for each in row.platforms))

    @cached_property
    def row(self) -> BuildFact | None:
        """The build that is installed: the one that its local version names, else the one of the package index."""
        cuda = self.facts.get("torch_cuda")
        if cuda is not None and self.framework == "torch":
            return next((row for row in self.rows if (row.cuda or "none") == cuda), None)
        with_cuda = [row for row in self.rows if row.cuda and "index" in row.places]
        return with_cuda[0] if with_cuda else next((row for row in self.rows if row.cuda), None)

    @cached_property
    def cuda(self) -> str | None:
        """The CUDA that the build was made with, "12.8"."""
        told = self.facts.get("torch_cuda")
        if told is not None and self.framework in ("torch", ""):
            return number_of(told)
        for name in self.packages:
            if found := re.fullmatch(r"jax-cuda(\d+)-(?:plugin|pjrt)", name):
                return f"{found[1]}.0"
        return self.row.cuda if self.row else None

    @cached_property
    def target(self) -> Target:
        from drivetrain.catalogue import drivers
        from drivetrain.model.build import Target

        system = self.facts.get("os", "linux")
        wsl = system == "wsl2"
        os = "windows" if system == "windows" else "macos" if system == "macos" else "linux"
        driver = self.number("driver")
        driver = driver if driver and len(driver.split(".")[0]) == 3 else None
        ceiling = self.number("driver_cuda") or (drivers.ceiling(driver, os, wsl=wsl) if driver else None)  # type: ignore[arg-type]
        return Target(os=os, wsl=wsl, driver=driver, ceiling=ceiling)  # type: ignore[arg-type]

    @cached_property
    def capability(self) -> str | None:
        """Of the GPU, from what is reported or from its name."""
        if told := self.number("capability"):
            return told if "." in told else None
        if "gpu" not in self.facts:
            return None
        from drivetrain.catalogue.gpus import models_named

        name = re.sub(r"(?i)\b\d+ ?[gm]i?b\b|\(.*?\)|^\s*\d+ ?x\s+", " ", self.facts["gpu"]).split(",")[0].split(";")[0].strip()
        found = {each.compute_capability for each in models_named(name)} if name else set()
        return found.pop() if len(found) == 1 else None


def _in_container(known: Propositions) -> Answer:
    told = known.facts.get("container")
    return UNTOLD if told is None else (not absent(told), say("in a container"))


def _in_wsl(known: Propositions) -> Answer:
    system = known.facts.get("os")
    return UNTOLD if system is None else (system == "wsl2", say("in WSL2"))


def _driver_missing(known: Propositions) -> Answer:
    told = known.facts.get("driver")
    if told is None:
        smi = known.facts.get("nvidia_smi", "")
        return (False, "") if re.fullmatch(r"(?i)(ok|works|yes).*", smi) or "driver_cuda" in known.facts else UNTOLD
    return absent(told), say("no driver is installed")


def _driver_too_old(known: Propositions) -> Answer:
    if known.target.driver is None and known.target.ceiling is None:
        return UNTOLD
    if known.cuda is None:
        return UNTOLD
    from drivetrain.catalogue.relations.driver import driver_serves
    from drivetrain.model.plan import Reason, Unknown

    answer = driver_serves(known.target, known.cuda)
    if isinstance(answer, Unknown):
        return UNTOLD
    return isinstance(answer, Reason), answer.says if answer is not None else ""


def _code(known: Propositions) -> tuple[str, list[str]] | None:
    """The GPU's capability, and the targets of the build; None where either is not known."""
    listed = known.facts.get("arch_list", "")
    targets = re.findall(r"(?:sm|compute)_\d+[af]?", listed) or list((known.row.targets if known.row else None) or ())
    return (known.capability, targets) if known.capability and targets else None


def _gpu_not_in_build(known: Propositions) -> Answer:
    from drivetrain.catalogue.relations.device_code import ptx_runs_on, sass_runs_on

    found = _code(known)
    if found is None:
        return UNTOLD
    capability, targets = found
    runs = any(sass_runs_on(each, capability) if each.startswith("sm_") else ptx_runs_on(each, capability) for each in targets)
    says = say("the GPU has compute capability {capability}; the build has code for {targets}", capability=capability, targets=", ".join(targets))
    return not runs, says


def _gpu_beyond(known: Propositions, *, newer: bool) -> Answer:
    state, says = _gpu_not_in_build(known)
    found = _code(known)
    if state is None or found is None:
        return UNTOLD
    levels = [int(re.sub(r"\D", "", each)) for each in found[1]]
    mine = int(found[0].replace(".", ""))
    return state and (mine > max(levels) if newer else mine < min(levels)), says


def _other_vendor(known: Propositions) -> Answer:
    told = known.facts.get("gpu", known.facts.get("gpus"))
    if told is None:
        return UNTOLD
    return bool(_OTHER_VENDOR.search(told)) and not _NVIDIA.search(told), say("the GPU is {gpu}", gpu=told)


def _no_nvidia_gpu(known: Propositions) -> Answer:
    told = known.facts.get("gpu", known.facts.get("gpus", known.facts.get("machine_has_gpu")))
    if told is None:
        return (True, say("a Mac has no NVIDIA GPU")) if known.facts.get("os") == "macos" else UNTOLD
    return absent(told) or bool(re.match(r"(?i)(no|none|without)\b", told)) or bool(_other_vendor(known)[0]), say("the GPU is {gpu}", gpu=told)


def _cpu_build(known: Propositions) -> Answer:
    version = known.facts.get("framework_version", "")
    if "+cpu" in version or known.facts.get("torch_cuda") == "none":
        return True, say("{version} is a build without CUDA", version=version or known.facts.get("framework", ""))
    if known.framework == "tensorflow" and "tensorflow-cpu" in known.packages:
        return True, say("{version} is a build without CUDA", version="tensorflow-cpu")
    if "+cu" in version or known.number("torch_cuda"):
        return False, ""
    if known.rows and not any(row.cuda for row in known.rows):
        return True, say("{version} is a build without CUDA", version=f"{known.framework} {version}")
    return UNTOLD


def _cudnn_against(known: Propositions) -> tuple[str, str] | None:
    """(the cuDNN that is there, the one of the build); None where either is not known."""
    here = known.number("cudnn_loaded") or known.number("cudnn_installed") or next((each for name, each in known.packages.items() if is_cudnn(name)), None)
    built = known.number("cudnn_built") or (known.row.cudnn if known.row else None)
    return (here, built) if here and built else None


def _cudnn_older(known: Propositions) -> Answer:
    found = _cudnn_against(known)
    if found is None:
        return UNTOLD
    size = min(found[0].count("."), found[1].count("."), 1) + 1
    says = say("cuDNN {here} is there, the build was made with {built}", here=found[0], built=found[1])
    return dotted(found[0])[:size] < dotted(found[1])[:size], says


def _cudnn_major(known: Propositions) -> Answer:
    found = _cudnn_against(known)
    if found is None:
        return UNTOLD
    return dotted(found[0])[0] != dotted(found[1])[0], say("cuDNN {here} is there, the build was made with {built}", here=found[0], built=found[1])


def _cudnn_absent(known: Propositions) -> Answer:
    told = known.facts.get("cudnn_installed")
    if told is not None:
        return absent(told), say("no cuDNN is installed")
    if not known.facts.get("pip_packages"):
        return UNTOLD
    return not any(is_cudnn(name) for name in known.packages), say("no distribution of cuDNN is installed")


def _two_cudnns(known: Propositions) -> Answer:
    wheels = {f"{name} {version}" for name, version in known.packages.items() if is_cudnn(name)}
    here = known.number("cudnn_installed")
    every = wheels | ({f"cuDNN {here}"} if here and not any(f" {here}" in each for each in wheels) else set())
    if len(every) > 1:
        return True, say("there are {names}", names=", ".join(sorted(every)))
    return UNTOLD


def _cuda_major(known: Propositions) -> Answer:
    here = known.number("cuda_installed")
    if here is None or known.cuda is None:
        return UNTOLD
    # Before CUDA 11 each minor version has sonames of its own.
    size = 1 if dotted(known.cuda)[0] >= 11 or "." not in here or ".x" in known.facts["cuda_installed"] else 2
    return dotted(here)[:size] != dotted(known.cuda)[:size], say("CUDA {here} is installed, the build was made for CUDA {built}", here=here, built=known.cuda)


def _cuda_absent(known: Propositions) -> Answer:
    told = known.facts.get("cuda_installed")
    return UNTOLD if told is None else (absent(told), say("no CUDA toolkit is installed"))


def _two_majors(known: Propositions) -> Answer:
    families = {family for name, version in known.packages.items() if (family := family_of(name, version)) is not None}
    if not families:
        return UNTOLD
    return len(families) > 1, say("libraries of CUDA {families} are installed together", families=", ".join(map(str, sorted(families))))


def _wheels_absent(known: Propositions) -> Answer:
    if not known.facts.get("pip_packages"):
        return UNTOLD
    return not any(name.startswith("nvidia-") for name in known.packages), say("no nvidia wheel is installed")


def _python_unsupported(known: Propositions) -> Answer:
    python = known.number("python")
    if python is None or known.version is None or "." not in python or known.framework not in ("torch", "tensorflow", "jax"):
        return UNTOLD
    from drivetrain.catalogue.relations.wheel_fit import interpreter_fits

    name = "jaxlib" if known.framework == "jax" else known.framework
    version = known.packages.get("jaxlib") if name == "jaxlib" else known.version
    release = next((each for each in known._catalogue().releases(name) if each.version == version), None)
    if release is None or not release.wheels:
        return UNTOLD
    minor = ".".join(python.split(".")[:2])
    fits = any(interpreter_fits(wheel.tags, minor) for wheel in release.wheels)
    return not fits, say("{name} {version} has no wheel for Python {python}", name=name, version=release.version, python=minor)


def _tf_windows(known: Propositions) -> Answer:
    system = known.facts.get("os")
    if system not in (None, "windows") or known.framework not in ("tensorflow", "keras", ""):
        return False, ""
    if system is None or known.framework != "tensorflow" or known.version is None:
        return UNTOLD
    return dotted(known.version)[:2] >= (2, 11), say("tensorflow {version} on native Windows has no CUDA", version=known.version)


def _numpy_2(known: Propositions) -> Answer:
    version = known.packages.get("numpy")
    return UNTOLD if version is None else (version.startswith("2."), say("numpy {version} is installed", version=version))


def _differs(known: Propositions, one: str, pattern: str) -> Answer:
    mine = known.packages.get(one)
    other = next(((name, version) for name, version in known.packages.items() if re.fullmatch(pattern, name)), None)
    if mine is None or other is None:
        return UNTOLD
    return dotted(number_of(mine) or "0") != dotted(number_of(other[1]) or "0"), f"{one} {mine}, {other[0]} {other[1]}"


def _search_path(known: Propositions) -> Answer:
    told = known.facts.get("env.LD_LIBRARY_PATH")
    return UNTOLD if told is None else (not absent(told), say("LD_LIBRARY_PATH is set"))


_ASKED: dict[str, Callable[[Propositions], Answer]] = {
    "in-container": _in_container,
    "in-wsl": _in_wsl,
    "driver-missing": _driver_missing,
    "driver-too-old": _driver_too_old,
    "gpu-not-in-build": _gpu_not_in_build,
    "gpu-older-than-build": lambda known: _gpu_beyond(known, newer=False),
    "gpu-newer-than-build": lambda known: _gpu_beyond(known, newer=True),
    "gpu-of-other-vendor": _other_vendor,
    "no-nvidia-gpu": _no_nvidia_gpu,
    "cpu-build": _cpu_build,
    "cudnn-older-than-build": _cudnn_older,
    "cudnn-major-differs": _cudnn_major,
    "cudnn-absent": _cudnn_absent,
    "two-cudnns": _two_cudnns,
    "cuda-major-differs": _cuda_major,
    "cuda-absent": _cuda_absent,
    "two-cuda-majors": _two_majors,
    "nvidia-wheels-absent": _wheels_absent,
    "python-unsupported": _python_unsupported,
    "tf-without-windows-gpu": _tf_windows,
    "numpy-2": _numpy_2,
    "jaxlib-differs": lambda known: _differs(known, "jax", "jaxlib"),
    "plugin-differs": lambda known: _differs(known, "jaxlib", r"jax-cuda\d+-(?:plugin|pjrt)"),
    "ld-library-path-set": _search_path,
}
PROPOSITIONS = frozenset(_ASKED)
