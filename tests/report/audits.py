"""Audits for the tests of the ways out: one of everything, and one whose texts try to break out of every format."""

from __future__ import annotations

from msgspec import structs

from drivetrain.model.documents import FrozenMap
from drivetrain.model.outcome import Audit, Evidence, Fix, Ignored, Outcome, Scanned
from drivetrain.model.plan import Edit

SITE = "lib/python3.11/site-packages"


def outcome(about: str = "torch", says: str = "it is broken", cause: str = "dependency-pin-conflict", **more: object) -> Outcome:
    """Gives a finding of severity error, unless told otherwise."""
    return Outcome(**{"cause": cause, "state": "found", "severity": "error", "about": about, "says": says, **more})  # type: ignore[arg-type]


def audit(*outcomes: Outcome, prefix: str = ".venv", **metadata: str) -> Audit:
    """Gives the audit of a POSIX environment."""
    return Audit(
        prefix=prefix, scanned=Scanned(distributions=3, binaries=2, bytes=5_000_000), outcomes=outcomes, site_packages=SITE, metadata=FrozenMap(metadata)
    )


LIBRARY = "nvidia/cudnn/lib/libcudnn.so.9"
EVERYTHING = audit(
    outcome(
        "nvidia-cudnn-cu13",
        "lost 2 of its files",
        "cuda-wheel-majors-mixed",
        evidence=(Evidence(path=LIBRARY, text="on disk: 9.28"), Evidence(path="nvidia/__init__.py", text="on disk: 9.28"), Evidence(text="needed by torch")),
        fix=(Fix(says="remove nvidia-cudnn-cu12", edit=Edit(drop=("nvidia-cudnn-cu12",))),),
        sources=("https://example.org/record",),
    ),
    outcome("torch", "torch needs numpy<2", evidence=(Evidence(path="torch-2.15.0.dist-info", text="torch 2.15.0"),)),
    outcome("keras", "keras is old", severity="warning", fix=(Fix(says="unset it", edit=Edit(variables=FrozenMap({"XLA_FLAGS": None})), safety="shown"),)),
    outcome("environment", "a note", "environment-incomplete", severity="note"),
    outcome("glibc", "the machine file does not name it", "glibc-too-old", state="unknown"),
    outcome("driver", "560.35.03 serves CUDA 12.6", "driver-too-old-for-cuda", state="clear"),
    torch="torch-2.15.0.dist-info",
    keras="keras-2.0.egg-info",
)
IGNORED = structs.replace(
    audit(outcome()), ignored=(Ignored(outcome=outcome("numpy", "is old", "numpy-2-abi"), by="drivetrain.toml", why="until the next release"),)
)
NASTY = "a\r\n::error::b|c`d`</summary><script>%0A\x1b[31m\x00]]>&, :\udcff\ufffe😀 @x [l](u)"
BROKEN_OUT = audit(outcome(NASTY, NASTY, evidence=(Evidence(path=NASTY, text=NASTY), Evidence(text=NASTY)), fix=(Fix(says=NASTY, commands=(NASTY, "```")),)))
