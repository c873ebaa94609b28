"""Gives what a process would load that imports one framework, or several in an order, and what the order changes."""

from __future__ import annotations

from collections.abc import Iterable

from drivetrain.audit.loader.dll_process import DllProcess
from drivetrain.audit.loader.elf_process import ElfProcess
from drivetrain.audit.loader.shelf import Shelf
from drivetrain.audit.loader.start import owner_of, start, use
from drivetrain.catalogue.library_openings import OPENINGS
from drivetrain.model.build import Framework
from drivetrain.model.environment import BuildFacts, Environment
from drivetrain.model.loading import Difference, Loaded, Loading, tree_of

_FACTS_OF = {"jax": "jaxlib"}
_OF_DRIVER = ("libcuda.so", "libnvidia-ml.so", "nvcuda.dll")


class Loader:
    """The loader's answers over one environment; each process is simulated once."""

    def __init__(self, environment: Environment, frameworks: Iterable[Framework]) -> None:
        self.shelf = Shelf(environment)
        self.frameworks = tuple(each for each in frameworks if each.openings and owner_of(each, self.shelf) is not None)
        self._answers: dict[tuple[str, ...], tuple[Loaded, ...]] = {}

    @property
    def is_known(self) -> bool:
        """Whether there is something to simulate: libraries were read, of a system whose loader is known."""
        return bool(self.shelf.environment.libraries) and self.shelf.environment.platform in ("linux", "windows")

    def of(self, *order: Framework) -> tuple[Loaded, ...]:
        """Gives the answers in a process that imports these frameworks in this order and uses a GPU with each."""
        key = tuple(each.name for each in order)
        if key not in self._answers:
            process = DllProcess(self.shelf) if self.shelf.ignores_case else ElfProcess(self.shelf)
            for each in order:
                start(each, self.facts(each), self.shelf, process)
            use(OPENINGS, self.shelf, process)
            self._answers[key] = tuple(process.answers)
        return self._answers[key]

    def facts(self, framework: Framework) -> BuildFacts | None:
        """Gives what the framework's own files say of its build."""
        owner = owner_of(framework, self.shelf)
        names = {_FACTS_OF.get(framework.name, framework.distribution), *([owner.name] if owner else [])}
        return next((each for each in self.shelf.environment.builds if each.distribution in names), None)

    def loading(self, framework: Framework) -> Loading:
        """Gives the whole answer for one framework, as a document shows it."""
        answers, owner, system = self.of(framework), owner_of(framework, self.shelf), self.shelf.system
        folders = ("LD_LIBRARY_PATH", "PATH")
        return Loading(
            framework=framework.name,
            version=owner.version if owner else "",
            searched=tuple(each.path for each in system.folders if each.why in folders) if system else (),
            system=system is not None,
            tree=tree_of(answers),
            missing=tuple(dict.fromkeys(each.soname for each in answers if each.via == "nowhere" and not each.optional and not is_of_driver(each.soname))),
            differences=tuple(self.differences(framework)),
        )

    def differences(self, framework: Framework) -> Iterable[Difference]:
        """Gives the names that get another file when another framework was imported before."""
        alone = files_by_name(self.of(framework))
        for other in self.frameworks:
            if other is framework:
                continue
            mine = requested(self.of(other, framework), alone)
            for name, (path, version) in mine.items():
                if path != alone[name][0]:
                    yield Difference(
                        name=name, order=(other.name, framework.name), path=path, version=version,
                        alone=alone[name][0], alone_version=alone[name][1], of=framework.name,
                    )  # fmt: skip


def files_by_name(answers: tuple[Loaded, ...]) -> dict[str, tuple[str, str]]:
    """Gives path and version of each library by the name that it was asked for."""
    return {each.soname: (each.path, each.version) for each in answers if each.is_found and "/" not in each.name}


def requested(answers: tuple[Loaded, ...], names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Gives what the last request for each of these names got."""
    found = files_by_name(answers)
    return {name: found[name] for name in names if name in found}


def is_of_driver(name: str) -> bool:
    """Tells whether the driver brings it, so that no environment can."""
    return name.startswith(_OF_DRIVER)
