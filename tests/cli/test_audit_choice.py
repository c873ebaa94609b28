"""What of an audit counts, from the command line: --select, --ignore, drivetrain.toml, comments beside requirements, baselines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from scan.making import contents, lay, venv

from drivetrain.report.schemas import schema

Cli = Callable[..., Any]
PIN = "dependency-pin-conflict"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An environment with one error, a pin of numpy that does not hold, and one warning, a leftover folder."""
    site = venv(tmp_path / "empty" / ".venv")
    lay(site, contents("numpy", "2.1.0"))
    lay(site, contents("oldthing", "1.0", {}, ["numpy<2"]))
    (site / "~umpy").mkdir()
    return site


@pytest.fixture
def audit(cli: Cli, machines: Path, site: Path) -> Cli:
    return lambda *words: cli("audit", "--machine", str(machines / "cpu-debian-12.json"), *words)


def causes(said: Any) -> tuple[int, list[str], list[tuple[str, str, str]]]:
    found = json.loads(said.out)
    jsonschema.validate(found, schema("audit"))
    left = [each["cause"] for each in found["outcomes"] if each["state"] == "found"]
    return said.code, left, [(each["outcome"]["cause"], each["by"], each["why"]) for each in found["ignored"]]


def test_without_any_of_it_everything_counts(audit: Cli) -> None:
    assert causes(audit("--json")) == (1, [PIN, "environment-incomplete"], [])


@pytest.mark.parametrize("words", [("--ignore", PIN), ("--ignore=dependency-*,ptx-*",), ("--ignore", "ptx-*", "--ignore", PIN)])
def test_what_is_ignored_is_told_apart_and_fails_nothing(audit: Cli, words: tuple[str, ...]) -> None:
    assert causes(audit("--json", *words)) == (0, ["environment-incomplete"], [(PIN, "--ignore", "")])
    assert "found and not counted: 1 (--ignore)" in audit(*words).out


def test_select_leaves_out_every_other_cause(audit: Cli) -> None:
    assert causes(audit("--json", "--select", "environment-*")) == (0, ["environment-incomplete"], [(PIN, "--select", "")])
    found = json.loads(audit("--json", "--select", "environment-*").out)
    assert all(each["cause"].startswith("environment-") for each in found["outcomes"])


@pytest.mark.parametrize("flag", ["--select", "--ignore"])
def test_a_cause_that_nobody_knows_names_the_nearest(audit: Cli, flag: str) -> None:
    said = audit(flag, "dependency-pin-conflicts")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert f"{flag}: no cause is called dependency-pin-conflicts" in said.err
    assert PIN in said.err.partition("nearest")[2]
    assert audit(flag, "nothing-like-*").code == 2


def test_the_settings_of_the_project_hold_and_flags_come_first(audit: Cli) -> None:
    Path("drivetrain.toml").write_text(
        f'[audit]\nignore = ["{PIN}"]\nfail-on = "warning"\n\n[audit.severity]\nenvironment-incomplete = "note"\n', encoding="utf-8"
    )
    assert causes(audit("--json")) == (0, ["environment-incomplete"], [(PIN, "drivetrain.toml:2", "")])
    assert audit("--fail-on", "note").code == 1
    Path("other.toml").write_text('[audit]\nfail-on = "warning"\n', encoding="utf-8")
    assert audit("--config", "other.toml", "--ignore", PIN).code == 1
    assert audit("--config", "nowhere.toml").code == 2


def test_settings_are_found_above_and_in_the_prefix(audit: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = tmp_path / "empty" / ".venv"
    (prefix / "drivetrain.toml").write_text(f'[audit]\nignore = ["{PIN}"]\n')
    deep = tmp_path / "empty" / "src" / "deep"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert audit("--prefix", str(prefix)).code == 0
    (tmp_path / "empty" / "drivetrain.toml").write_text("[audit]\n")
    assert audit("--prefix", str(prefix)).code == 1


def test_a_comment_beside_a_requirement_holds_for_its_distribution_alone(audit: Cli, site: Path) -> None:
    Path("requirements.txt").write_text(f"oldthing==1.0\nNumpy>=2  # drivetrain: ignore[{PIN}] oldthing says more than it needs\n")
    said = causes(audit("--json"))
    assert said == (0, ["environment-incomplete"], [(PIN, "requirements.txt:2", "oldthing says more than it needs")])
    lay(site, contents("scipy", "1.0"))
    lay(site, contents("other", "1.0", {}, ["scipy>2"]))
    assert causes(audit("--json"))[:2] == (1, [PIN, "environment-incomplete"])


def test_a_comment_on_its_own_line_holds_for_the_environment(audit: Cli) -> None:
    Path("drivetrain.toml").write_text(f"# drivetrain: ignore[{PIN}, environment-incomplete]: a laptop\n")
    assert causes(audit("--json"))[:2] == (0, [])
    assert audit("--json", "--config", "/dev/null").code == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[audit]\nignore = [\n", "drivetrain.toml is not valid TOML"),
        ("[audit]\n\nignores = []\n", "drivetrain.toml:3: [audit] has no key ignores"),
        ("[audit]\nselect = 3\n", "drivetrain.toml:2: select must be a list"),
        ("audit = 3\n", "drivetrain.toml:1: audit must be a table"),
        ('[audit]\nfail-on = "always"\n', "drivetrain.toml:2: fail-on must be one of"),
        (f'[audit.severity]\n{PIN} = "bad"\n', f"drivetrain.toml:2: {PIN} must be one of"),
        ('[audit.per-distribution-ignores]\nnumpy = "x"\n', "drivetrain.toml:2: numpy must be a list"),
        ('[audit]\n\nignore = ["dependency-pin"]\n', "drivetrain.toml:3: no cause is called dependency-pin"),
        ("[audit]\n# drivetrain: ignore\n", "drivetrain.toml:2: "),
        ('[audit]\nrequirements = ["gone.txt"]\n', "gone.txt cannot be read"),
        ('[audit]\nbaseline = "gone.json"\n', "gone.json cannot be read"),
    ],
)
def test_a_damaged_file_is_one_line_that_says_where(audit: Cli, text: str, says: str) -> None:
    Path("drivetrain.toml").write_text(text)
    said = audit()
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert says in said.err


def test_a_baseline_leaves_what_was_known_and_tells_what_is_new(audit: Cli, site: Path) -> None:
    wrote = audit("--write-baseline", "known.json")
    assert wrote.code == 0
    assert "known.json holds 2 findings" in wrote.err
    jsonschema.validate(json.loads(Path("known.json").read_text()), schema("baseline"))
    assert causes(audit("--json", "--baseline", "known.json"))[:2] == (0, [])
    # Another release of what is accused is the same finding; another distribution's is new.
    for each in site.glob("numpy-*"):
        each.rename(each.with_name("numpy-2.2.0.dist-info"))
    meta = site / "numpy-2.2.0.dist-info" / "METADATA"
    meta.write_text(meta.read_text().replace("2.1.0", "2.2.0"))
    (site / "numpy-2.2.0.dist-info" / "RECORD").unlink()
    assert causes(audit("--json", "--baseline", "known.json"))[:2] == (0, [])
    lay(site, contents("newthing", "1.0", {}, ["nothere"]))
    code, left, _ = causes(audit("--json", "--baseline", "known.json"))
    assert (code, left) == (1, ["dependency-missing"])


def test_what_a_baseline_holds_and_is_gone_is_told(audit: Cli, site: Path) -> None:
    Path("drivetrain.toml").write_text('[audit]\nbaseline = "known.json"\n')
    Path("known.json").write_text('{"findings": []}')
    audit("--write-baseline", "known.json")
    (site / "~umpy").rmdir()
    found = json.loads(audit("--json").out)
    assert found["baseline_gone"] == ["environment [environment-incomplete]"]
    assert "there no longer, though the baseline holds it: environment" in " ".join(audit().out.split())
    # What is written anew still holds the findings that it had, and no longer the one that is gone.
    audit("--write-baseline", "known.json")
    assert [each["cause"] for each in json.loads(Path("known.json").read_text())["findings"]] == [PIN]
    assert audit().code == 0


def test_a_file_that_is_no_baseline(audit: Cli) -> None:
    Path("known.json").write_text('{"findings": 3}')
    said = audit("--baseline", "known.json")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "known.json is no baseline" in said.err
