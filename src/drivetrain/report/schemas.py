"""The JSON Schema of every document that a command prints, generated from the types."""

from __future__ import annotations

from typing import Any

from drivetrain.model.binary import Binaries, Binary
from drivetrain.model.choice import Baseline
from drivetrain.model.diagnosis import Diagnosis
from drivetrain.model.documents import schema_of
from drivetrain.model.fixing import Fixing
from drivetrain.model.kept import Kept
from drivetrain.model.listing import CatalogueSummary, Versions
from drivetrain.model.machine import Machine
from drivetrain.model.outcome import Audit
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.plans import Plans
from drivetrain.model.report import Failure, Install, Names, Page, Text, Up
from drivetrain.model.ups import Ups
from drivetrain.model.verdict import Proof

TYPES: dict[str, Any] = {
    "audit": Audit,
    "baseline": Baseline,
    "binaries": Binaries,
    "binary": Binary,
    "catalogue": CatalogueSummary,
    "completion": Text,
    "diagnosis": Diagnosis,
    "error": Failure,
    "fix": Fixing,
    "help": Text,
    "install": Install,
    "machine": Machine,
    "page": Page,
    "plan": Plan | Refusal,
    "plans": Plans,
    "record": Kept,
    "schemas": Names,
    "shared": Text,
    "up": Up,
    "ups": Ups,
    "verify": Proof,
    "version": Text,
    "versions": Versions,
}
"""Name in "drivetrain/NAME/1" to the type of the document."""


def schema(name: str) -> dict[str, Any]:
    """Gives the schema of one document; raises KeyError for a name that no command prints."""
    document = schema_of(TYPES[name])
    for definition in document.get("$defs", {}).values():
        _require_schema(definition)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"drivetrain/{name}/1", **document}


def _require_schema(definition: dict[str, Any]) -> None:
    """`schema` has a default in the types, but every document carries it."""
    if "schema" in definition.get("properties", {}):
        definition["required"] = sorted({*definition.get("required", []), "schema"})
