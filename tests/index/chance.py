"""Makes requests by chance: a machine of any generation and system, one to four frameworks or companions, and versions that exist."""

from __future__ import annotations

import os
import secrets
import subprocess
from functools import cache
from pathlib import Path
from random import Random
from zlib import crc32

from msgspec import Struct
from packaging.version import Version

from drivetrain.catalogue import Catalogue
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.machine import Machine
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.probe import described
from drivetrain.solve import solve

FIXED_SEED = 13
GPUS = (
    *("sm_35", "sm_37", "sm_50", "sm_52", "sm_60", "sm_61", "sm_70", "sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_103", "sm_120"),
    *("GTX 1080", "Tesla V100", "Tesla T4", "RTX 2080", "RTX 3090", "RTX 4090", "A100", "H100", "RTX 5090"),
)
DRIVERS = ("450.80.02", "470.82.01", "510.47.03", "525.60.13", "535.183.01", "550.54.14", "560.35.03", "570.86.10", "575.57.08", "580.65.06", "590", "610")
LIBRARIES = ("numpy<2", "numpy>=2", "protobuf<5", "protobuf>=5", "ml-dtypes>=0.4")
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
MOST_REFUSALS = 60


class Case(Struct, frozen=True, kw_only=True):
    """One request, the machine it is for, and what was planned."""

    texts: tuple[str, ...]
    machine: Machine
    request: Request
    plan: Plan

    @property
    def told(self) -> str:
        """What to type, near enough, to see the same plan."""
        machine, request = self.machine, self.request
        gpus = " ".join(f'--gpu "{each.name}"' for each in machine.nvidia_gpus)
        os = "wsl2" if machine.os.wsl else machine.os.family
        driver = f"--driver {machine.driver.version}" if machine.driver else ""
        glibc = f"--glibc {machine.os.glibc}" if machine.os.glibc else ""
        return (
            f"plan {' '.join(map(repr, self.texts))} --os {os} --arch {machine.arch} {gpus} {driver} {glibc} --accelerator {request.accelerator} "
            f"--sources {request.sources}"
        )


@cache
def facts() -> Catalogue:
    return catalogue()


@cache
def fresh_seed() -> int:
    """Gives the seed of this commit, so that each brings requests of its own and whoever runs it again asks the same; `DRIVETRAIN_SEED` takes another."""
    commit = subprocess.run(["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"], capture_output=True, check=False).stdout.strip()
    return int(os.environ.get("DRIVETRAIN_SEED") or (crc32(commit) if commit else secrets.randbelow(1 << 32)))


@cache
def names() -> tuple[str, ...]:
    """Gives what may be asked for: every framework and companion of which the snapshot has releases, the three most used ones more often."""
    frameworks = [each for each in facts().frameworks if facts().releases(each.distribution)]
    most = [each.distribution for each in frameworks if each.companions or each.extras]
    every = [name for each in frameworks for name in (each.distribution, *each.companions) if facts().releases(name)]
    return (*every, *most * 3)


def requested(chance: Random) -> tuple[str, ...]:
    """Gives one to four names, each with a bound in every other case."""
    picked = list(dict.fromkeys(chance.choice(names()) for _ in range(chance.choice([1, 2, 2, 3, 3, 4]))))
    texts = [name + (bound(chance, name) if chance.random() < 0.5 else "") for name in picked]
    if chance.random() < 0.25:
        texts.append(chance.choice(LIBRARIES))
    if chance.random() < 0.25:
        texts.append(f"python=={chance.choice(PYTHONS)}")
    return tuple(texts)


def bound(chance: Random, name: str) -> str:
    finals = [each.version for each in facts().releases(name) if each.wheels and not each.yanked and not Version(each.version).is_prerelease]
    # Half of the bounds are about the newest releases: those are what people ask for, and what the older ones of a framework go with.
    version = chance.choice(finals[:12] if chance.random() < 0.5 else finals) if finals else "0"
    line = ".".join(version.split(".")[:2])
    return chance.choice([f"=={version}", f"=={line}.*", f"<{version}", f"<={version}", f">={line}", f">={line},<{int(line.split('.')[0]) + 1}"])


def machine_of(chance: Random) -> Machine:
    os = chance.choice(["linux"] * 6 + ["wsl2", "wsl2", "windows", "windows", "macos"])
    if os == "macos":
        return described(os=os, arch=chance.choice(["arm64", "arm64", "x86_64"]))
    arch = chance.choice(["x86_64"] * 5 + ["aarch64"]) if os == "linux" else "x86_64"
    gpus = tuple(dict.fromkeys(chance.choice(GPUS) for _ in range(chance.choice([0, 1, 1, 1, 1, 2]))))
    driver = chance.choice(DRIVERS) if gpus else None
    return described(os=os, arch=arch, gpus=gpus, driver=driver, glibc=chance.choice([None, "2.28", "2.31", "2.35", "2.39"]) if os == "linux" else None)


def asked(chance: Random, *, sources: str = "index") -> tuple[tuple[str, ...], Request, Machine]:
    texts, machine = requested(chance), machine_of(chance)
    accelerator = "cpu" if machine.nvidia_gpus and chance.random() < 0.15 else "auto"
    return texts, Request(wishes=tuple(map(wish_of, texts)), sources=sources, accelerator=accelerator, engine="pip"), machine  # type: ignore[arg-type]


def planned(seed: int, number: int, *, sources: str = "index") -> Case:
    """Gives the first request of a chain of random ones that is planned, and not refused."""
    chance = Random(f"{seed}/{number}")
    for _ in range(MOST_REFUSALS):
        texts, request, machine = asked(chance, sources=sources)
        plan = solve(request, machine, facts(), relaxations=False)
        if isinstance(plan, Plan):
            return Case(texts=texts, machine=machine, request=request, plan=plan)
    raise AssertionError(f"{MOST_REFUSALS} requests in a row were refused: seed {seed}, number {number}")
