"""Reads what an environment's owner asked for: drivetrain's own record in the prefix, else a requirements file that lies there."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from drivetrain.scan.place import Place
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


def asked_in(place: Place) -> Asked:
    """Gives the requirements that the prefix records; empty where it records none."""
    notes: list[str] = []
    request = _document(place, _RECORDS[0], notes)
    plan = _document(place, _RECORDS[1], notes)
    gpus = request.get("gpus")
    accelerator = plan.get("accelerator") or request.get("accelerator")
    requirements = tuple(text for wish in _listed(request.get("wishes")) if (text := _text_of(wish)))
    origin = _RECORDS[0]
    if not requirements:
        requirements = tuple(text for package in _listed(plan.get("packages")) if package.get("requested") and (text := _text_of(package)))
        origin = _RECORDS[1]
    if not requirements:
        requirements, origin = _from_file(place)
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


def _from_file(place: Place) -> tuple[tuple[str, ...], str]:
    for name in _FILES:
        text = place.disk.text(place.prefix / name)
        if text is None:
            continue
        lines = text.removeprefix("\ufeff").splitlines()
        stripped = (line.partition(" #")[0].strip() for line in lines)
        return tuple(line for line in stripped if line and not line.startswith(("#", "-"))), name
    return (), ""


def _document(place: Place, name: str, notes: list[str]) -> dict[str, Any]:
    text = place.disk.text(place.prefix / name)
    if text is None:
        return {}
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        notes.append(say("{path}: is not JSON ({why})", path=name, why=error))
        return {}
    return content if isinstance(content, dict) else {}


def _listed(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
