"""The patterns of all knowledge in one numbered row, and what the row's sightings mean: signatures, symptoms, facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from drivetrain.diagnose.facts import PACKAGE, canonical
from drivetrain.diagnose.sieve import Sieve, Sighting
from drivetrain.model.cause import Cause, Knowledge, Signature, Symptom

FACTS = frozenset(
    (
        "framework",
        "framework_version",
        "os",
        "distro",
        "arch",
        "python",
        "driver",
        "driver_cuda",
        "cuda_installed",
        "cudnn_installed",
        "cudnn_loaded",
        "cudnn_built",
        "gpu",
        "capability",
        "sm",
        "install_method",
        "container",
        "torch_cuda",
        "glibc",
        "kernel",
        "nvcc",
        "arch_list",
    )
)
"""Groups of these names are facts; those of other names fill texts only."""


class Sheet:
    """All patterns in order, and who each belongs to."""

    def __init__(self, knowledge: Knowledge, *, without: str | None = None) -> None:
        """`without`: signatures and symptoms known from this thread alone are left out, as when a case of it is scored."""
        self.knowledge = knowledge
        self.patterns: list[str] = []
        self._own: dict[tuple[str, int], int] = {}
        self._symptoms: list[tuple[int, Symptom]] = []
        self._readings: list[tuple[int, Mapping[str, str]]] = []
        self._named: dict[str, list[int]] = {}
        for cause in knowledge.causes:
            for number, signature in enumerate(cause.signature):
                if signature.pattern and not _only(signature.seen_in, without):
                    self._own[cause.cause, number] = self._add(signature.pattern)
        for symptom in knowledge.symptoms:
            for pattern in () if _only(symptom.seen_in, without) else symptom.patterns:
                self._named.setdefault(symptom.name, []).append(len(self.patterns))
                self._symptoms.append((self._add(pattern), symptom))
        for reading in knowledge.readings:
            self._readings.append((self._add(reading.pattern), reading.facts))
        self._without = without

    def _add(self, pattern: str) -> int:
        self.patterns.append(pattern)
        return len(self.patterns) - 1

    def sightings_of(self, cause: Cause, sieve: Sieve) -> Iterator[tuple[Signature, list[Sighting]]]:
        """Gives the signatures of a cause that have matched, with the lines."""
        for number, signature in enumerate(cause.signature):
            if signature.symptom:
                found = [] if _only(signature.seen_in, self._without) else self.symptom(signature.symptom, sieve)
            else:
                found = sieve.sightings.get(self._own.get((cause.cause, number), -1), [])
            if found:
                yield signature, found

    def symptom(self, name: str, sieve: Sieve) -> list[Sighting]:
        """Gives the lines that have a symptom."""
        return sorted((each for index in self._named.get(name, ()) for each in sieve.sightings.get(index, ())), key=lambda one: one.line)

    def symptoms(self, sieve: Sieve) -> Iterator[tuple[Symptom, list[Sighting]]]:
        """Gives the symptoms that the log has; each of its patterns by itself."""
        return ((symptom, sieve.sightings[index]) for index, symptom in self._symptoms if index in sieve.sightings)

    def facts(self, sieve: Sieve) -> dict[str, str]:
        """Gives the facts that the log tells; of two that differ the earlier line counts."""
        told: list[tuple[int, str, str]] = []
        for index, facts in self._readings:
            for sighting in sieve.sightings.get(index, ()):
                told += [(sighting.line, key, value) for key, value in facts.items()]
        everywhere = [each for index in sieve.sightings for each in sieve.sightings[index]]
        told += [(sighting.line, key, value) for sighting in everywhere for key, value in _told(dict(sighting.groups))]
        return {key: value for _, key, value in sorted(told, key=lambda one: -one[0])}


def _told(groups: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if "package" in groups and "package_version" in groups:
        yield PACKAGE + canonical(groups["package"]), groups["package_version"]
    for name, value in groups.items():
        if name.startswith("package__"):
            yield PACKAGE + canonical(name[len("package__") :]), value
        elif name in FACTS:
            yield name, value


def _only(seen_in: Iterable[str], thread: str | None) -> bool:
    """Tells whether something is known from that thread and from nowhere else."""
    if thread is None:
        return False
    return {_bare(each) for each in seen_in} <= {_bare(thread)}


def _bare(address: str) -> str:
    return address.split("#")[0].split("?")[0].rstrip("/").lower().replace("/pull/", "/issues/").replace("google/jax", "jax-ml/jax")
