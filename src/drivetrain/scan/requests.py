"""Reads what an environment's owner asked for: drivetrain's own record in the prefix, else a requirements file that lies there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from drivetrain.words import say

_RECORDS = ("drivetrain/request.json", "drivetrain/plan.json")
_FILES = ("requirements.txt", "requirements.in")


class Asked(Struct, frozen=True, kw_only=True):
    """What was asked for, and the file that says so."""

    requirements: tuple[str, ...] = ()
    origin: str = ""
    accelerator: str | None = None
    gpus: tuple[int, ...] | None = None
    notes: tuple[str, ...] = ()


def asked_in(prefix: Path) -> Asked:
    """Gives the requirements that the prefix records; empty where it records none."""
    notes: list[str] = []
    request = _document(prefix, _RECORDS[0], notes)
    plan = _document(prefix, _RECORDS[1], notes)
    gpus = request.get("gpus")
    accelerator = plan.get("accelerator") or request.get("accelerator")
    requirements = tuple(text for wish in _listed(request.get("wishes")) if (text := _text_of(wish)))
    origin = _RECORDS[0]
    if not requirements:
        requirements = tuple(text for package in _listed(plan.get("packages")) if package.get("requested") and (text := _text_of(package)))
        origin = _RECORDS[1]
    if not requirements:
        requirements, origin = _from_file(prefix)
    return Asked(
        requirements=requirements,
        origin=origin if requirements else "",
        accelerator=accelerator if accelerator in ("cuda", "cpu", "mps") else None,
        gpus=tuple(each for each in gpus if isinstance(each, int)) if isinstance(gpus, list) else None,
        notes=tuple(notes),
    )


def _text_of(entry: dict[str, Any]) -> str:
    """Gives a wish or a planned package as one requirement."""
    if entry.get("text"):
        return str(entry["text"])
    extras = ",".join(map(str, entry.get("extras") or ()))
    version = f"=={entry['version']}" if entry.get("version") else str(entry.get("specifier") or "")
    return f"{entry.get('name', '')}{f'[{extras}]' if extras else ''}{version}"


def _from_file(prefix: Path) -> tuple[tuple[str, ...], str]:
    for name in _FILES:
        try:
            lines = (prefix / name).read_text(encoding="utf-8-sig", errors="replace").splitlines()
        except OSError:
            continue
        stripped = (line.partition(" #")[0].strip() for line in lines)
        return tuple(line for line in stripped if line and not line.startswith(("#", "-"))), name
    return (), ""


def _document(prefix: Path, name: str, notes: list[str]) -> dict[str, Any]:
    try:
        content = msgspec.json.decode((prefix / name).read_bytes())
    except OSError:
        return {}
    except msgspec.DecodeError as error:
        notes.append(say("{path}: is not JSON ({why})", path=name, why=error))
        return {}
    return content if isinstance(content, dict) else {}


def _listed(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
