from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from drivetrain.report.schemas import TYPES, schema

VALUES = sorted(Path(__file__).with_name("values").glob("*.json"))
NAMES = {"proof": "verify", "refusal": "plan"}


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_schema_is_one(name: str) -> None:
    document = schema(name)
    jsonschema.Draft202012Validator.check_schema(document)
    json.dumps(document)


@pytest.mark.parametrize("path", VALUES, ids=lambda path: path.stem)
def test_every_value_fits_its_schema(path: Path) -> None:
    name = NAMES.get(path.stem.split("_")[0], path.stem.split("_")[0])
    jsonschema.validate(json.loads(path.read_text()), schema(name))


def test_a_document_without_its_schema_name_is_refused() -> None:
    document = json.loads(VALUES[0].read_text())
    del document["schema"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema(VALUES[0].stem.split("_")[0]))
