"""`catalogue` and `versions` as a person types them: documents that fit their schemas, screens in both languages, one line for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drivetrain.report.schemas import schema

Cli = Callable[..., Any]


def document(said: Any, name: str, code: int = 0) -> Any:
    assert said.code == code, said.err
    found = json.loads(said.out)
    jsonschema.validate(found, schema(name))
    return found


def test_show_has_files_frameworks_and_ages(cli: Cli) -> None:
    found = document(cli("catalogue", "--json"), "catalogue")
    frameworks = [each["name"] for each in found["frameworks"] if each["framework"]]
    assert {"torch", "tensorflow", "jax"} <= set(frameworks)
    assert found["overlay"] is None
    assert found["as_of"] == found["shipped"]
    said = cli("catalogue").out
    for each in found["files"]:
        assert f"\n{each['name'].removesuffix('.json')} " in said
    assert all(f"\n{name} " in said for name in frameworks)
    assert "catalogue refresh" in said, "the next step is named"


@pytest.mark.parametrize("name", ["torch", "pytorch", "nvidia-cudnn-cu12", "numpy"])
def test_show_of_one_names_its_sources(cli: Cli, name: str) -> None:
    facts = document(cli("catalogue", "show", name, "--json"), "catalogue")["facts"]
    assert facts["releases"][0]["version"]
    assert facts["sources"], name
    said = cli("catalogue", "show", name).out
    assert facts["releases"][0]["version"] in said
    assert facts["sources"][0] in said


def test_check_of_what_is_shipped(cli: Cli) -> None:
    found = document(cli("catalogue", "check", "--json"), "catalogue")
    assert found["faults"] == []
    said = cli("catalogue", "check")
    assert said.code == 0
    assert "every row is whole" in said.out


def test_a_fault_ends_with_1_and_stands_in_the_screen(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same command over data of which one row has lost its source."""
    import shutil

    from drivetrain import catalogue

    folder = tmp_path / "drivetrain" / "catalogue" / "data"
    shutil.copytree(catalogue.DATA, folder)
    shutil.copytree(catalogue.DATA.parents[1] / "frameworks", tmp_path / "drivetrain" / "frameworks", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    rows = json.loads((folder / "breaks.json").read_text())
    rows[0]["sources"] = []
    (folder / "breaks.json").write_text(json.dumps(rows))
    monkeypatch.setattr(catalogue, "DATA", folder)
    found = document(cli("catalogue", "check", "--json"), "catalogue", 1)
    assert [(each["file"], each["fault"]) for each in found["faults"]] == [("breaks.json", "source")]
    said = cli("catalogue", "check")
    assert said.code == 1
    assert "breaks.json" in said.out.splitlines()[0]
    assert "no source" in said.out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("refresh", "--offline"), "--offline"),
        (("refresh", "numpy"), "numpy is one word too many"),
        (("show", "numpyy"), "the nearest: numpy"),
        (("show", "--whole"), "go with refresh"),
        (("shw",), "show, refresh, check"),
    ],
)
def test_what_is_wrong_is_one_line(cli: Cli, words: tuple[str, ...], line: str) -> None:
    said = cli("catalogue", *words)
    assert (said.code, said.out) == (2, "")
    assert line in said.err
    assert len(said.err.splitlines()) == 1
    assert document(cli("catalogue", *words, "--json"), "error", 2)["next"]


def test_versions_in_full_and_for_programs(cli: Cli) -> None:
    words = ("versions", "cudnn", "--os", "windows", "--gpu", "GTX 1050 Ti", "--driver", "551.23")
    found = document(cli(*words, "--json"), "versions")
    assert found["take"][0]["version"] == "9.10.2.21"
    assert {row["source"] for row in found["versions"]} == {"wheel", "conda-forge", "nvidia", "defaults", "archive"}
    short, every = cli(*words).out, cli(*words, "--all").out
    assert len(short.splitlines()) < 80
    assert len(every.splitlines()) > len(found["versions"])
    assert short.splitlines()[2].startswith("take  9.10.2.21")
    assert '--gpu "GTX 1050 Ti"' in short or "--gpu 'GTX 1050 Ti'" in short, "the line that lists everything repeats what was typed"


def test_both_languages(cli: Cli) -> None:
    assert "选用" in cli("versions", "cudnn", "--os", "linux", "--gpu", "V100", "--driver", "580", "--lang", "zh").out
    assert "每一行都完好" in cli("catalogue", "check", "--lang", "zh").out
    assert "出处" in cli("catalogue", "show", "torch", "--lang", "zh").out
