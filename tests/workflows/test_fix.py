"""`fix` from first to last, on environments of tiny wheels: what is shown, what is made, whose environment it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from fixes import Run, by_hand, document, site

from drivetrain.report.schemas import schema


def test_the_plan_and_its_machine_are_kept(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "--quiet")
    kept = json.loads((project / ".venv" / "drivetrain.json").read_text())
    jsonschema.validate(kept, schema("record"))
    assert kept["machine"]["os"]["family"] == "linux"
    assert kept["plan"]["requirements"] == ["alpha"]
    made = drivetrain("install", ".venv/drivetrain/pylock.toml", "--prefix", "other", "--quiet")
    assert made.returncode == 0, made.stderr
    assert json.loads((project / "other" / "drivetrain.json").read_text())["machine"]


def test_nothing_to_fix(finished: tuple[Path, Run]) -> None:
    _, drivetrain = finished
    found = document(drivetrain("fix", "--json"))
    assert (found["findings"], found["edits"], found["plan"], found["applied"]) == ([], [], None, False)
    assert ".venv  nothing to fix" in drivetrain("fix").stdout
    assert drivetrain("fix", "--apply").returncode == 0


def test_what_was_broken_by_hand_is_put_back_and_the_rest_stays(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    drivetrain("up", "alpha", "gamma", "--quiet")
    by_hand(project, variables, "beta==2.0", "delta")
    shown = document(drivetrain("fix", "--json"), 1)
    assert [each["cause"] for each in shown["findings"]] == ["dependency-pin-conflict"]
    assert shown["changes"] == [{"name": "beta", "before": "2.0", "after": "1.0"}]
    assert shown["edits"][0]["edit"]["require"] == ["beta==1.0"]
    assert {each["safety"] for each in shown["edits"]} == {"safe"}
    assert not shown["applied"]
    text = drivetrain("fix").stdout
    assert "beta  2.0  → 1.0" in text
    assert "drivetrain fix --apply" in text
    assert (site(project) / "beta-2.0.dist-info").exists()

    done = document(drivetrain("fix", "--apply", "--json"))
    assert done["applied"]
    assert done["up"]["status"] == "done"
    assert {each.name for each in site(project).glob("*.dist-info")} == {f"{each}.dist-info" for each in ("alpha-1.0", "gamma-1.0", "beta-1.0", "delta-1.0")}
    assert (project / done["up"]["previous"]).is_dir()
    # What was kept for this once binds nobody later.
    assert json.loads((project / ".venv" / "drivetrain" / "request.json").read_text())["constraints"] == []
    document(drivetrain("fix", "--json"))


def test_missing_files_are_mended_by_the_same_versions(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "--quiet")
    (site(project) / "alpha.py").unlink()
    assert "planned: every version stays" in drivetrain("fix").stderr
    shown = document(drivetrain("fix", "--json"), 1)
    assert shown["changes"] == []
    assert len(shown["edits"]) == 1
    assert drivetrain("fix", "--apply").returncode == 0
    assert (site(project) / "alpha.py").exists()


def test_an_environment_that_is_not_ours_is_shown_and_never_touched(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "theirs"], check=True)
    by_hand(project, variables, "gamma", name="theirs")
    by_hand(project, variables, "beta==2.0", "--no-deps", name="theirs")
    shown = document(drivetrain("fix", "theirs", "--json"), 1)
    assert not shown["ours"]
    # beta was asked for too, and gamma needs it anyway.
    assert shown["asked"] == ["gamma"]
    assert {each["name"]: each["after"] for each in shown["changes"]}["beta"] == "1.0"
    assert {each["safety"] for each in shown["edits"]} == {"shown"}
    refused = drivetrain("fix", "theirs", "--apply")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    line = refused.stderr.partition("that is: ")[2].strip()
    assert line.startswith("drivetrain up ")
    assert line.endswith("--prefix theirs-fixed")
    assert (site(project, "theirs") / "beta-2.0.dist-info").exists()
    assert drivetrain(*line.split()[1:], "--quiet").returncode == 0
    assert (site(project, "theirs-fixed") / "beta-1.0.dist-info").exists()


def test_a_changed_machine_is_told_by_audit_and_up_plans_for_it_again(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "--quiet")
    record = project / ".venv" / "drivetrain.json"
    kept = json.loads(record.read_text())
    kept["machine"]["os"]["kernel"] = "1.2.3"
    record.write_text(json.dumps(kept))
    said = document(drivetrain("audit", "--json"), name="audit")
    (note,) = [each for each in said["outcomes"] if each["cause"] == "machine-changed"]
    assert (note["state"], note["severity"]) == ("found", "note")
    assert "kernel 1.2.3 → " in note["says"]
    assert "nothing to fix" in drivetrain("fix").stdout
    assert "the machine has changed since .venv was made: kernel 1.2.3" in drivetrain().stdout
    assert not document(drivetrain("up", "alpha", "--json"), name="up")["installed"]


def test_a_record_that_is_damaged_costs_the_comparison_alone(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "--quiet")
    (project / ".venv" / "drivetrain.json").write_text("{")
    assert drivetrain("audit").returncode == 0
    assert drivetrain("add", "delta", "--quiet").returncode == 0


@pytest.mark.parametrize(("words", "says"), [(("fix", "--machine", "{machine}", "--apply"), "another machine is meant"), (("fix", "nowhere"), "nowhere")])
def test_slips(drivetrain: Run, project: Path, words: tuple[str, ...], says: str) -> None:
    drivetrain("up", "alpha", "--quiet")
    (site(project) / "alpha.py").unlink()
    assert drivetrain("probe", "--save", "machine.json").returncode == 0
    done = drivetrain(*(each.format(machine="machine.json") for each in words))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr


def test_a_fix_that_fails_leaves_the_environment_as_it_was(drivetrain: Run, project: Path, variables: dict[str, str]) -> None:
    drivetrain("up", "alpha", "gamma", "--quiet")
    by_hand(project, variables, "beta==2.0")
    done = drivetrain("fix", "--apply", PIP_FIND_LINKS=str(project / "nowhere"))
    assert done.returncode in (2, 3)
    assert (site(project) / "beta-2.0.dist-info").exists()


def test_an_environment_from_a_lock_is_for_what_nothing_else_needs(drivetrain: Run, project: Path) -> None:
    drivetrain("up", "alpha", "delta", "--quiet")
    drivetrain("install", ".venv/drivetrain/pylock.toml", "--prefix", "locked", "--quiet")
    (site(project, "locked") / "alpha.py").unlink()
    shown = document(drivetrain("fix", "locked", "--json"), 1)
    assert sorted(shown["asked"]) == ["alpha", "delta"]
    assert document(drivetrain("fix", "locked", "--apply", "--json"))["applied"]
