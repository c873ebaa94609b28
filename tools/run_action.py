"""Runs the steps of action.yml here, exactly as they are written: `python tools/run_action.py [--workspace FOLDER] [INPUT=VALUE ...]`.

Each `run:` goes to bash with the options that a runner gives it; the files behind GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY are
real ones and are read back after each step; expressions are evaluated as far as this action uses them. A step that `uses:` another action is named and left
out. Sources: https://docs.github.com/en/actions/reference/metadata-syntax-for-github-actions and
https://docs.github.com/en/actions/reference/evaluate-expressions-in-workflows-and-actions.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
_BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
_WORD = re.compile(r"\s*(?:'(?P<text>(?:[^']|'')*)'|(?P<call>\w+)\(\)|(?P<name>[\w.-]+)|(?P<sign>==|!=|&&|\|\||!|\(|\)))")


@dataclass(frozen=True)
class Ran:
    """What a run of the action left."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    left_out: tuple[str, ...]


@dataclass
class Run:
    """One run under way."""

    contexts: dict[str, Any]
    variables: dict[str, str]
    scratch: Path
    workspace: Path
    code: int = 0
    log: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def value(self, expression: str) -> str | bool:
        """Evaluates one expression: contexts, texts, ==, !=, &&, ||, !, and the functions of a job's state."""
        words = list(_WORD.finditer(expression))
        assert "".join(each[0] for each in words).strip() == expression.strip(), f"not understood: {expression}"
        answer, rest = self._either(words)
        assert not rest, f"not understood: {expression}"
        return answer

    def _either(self, words: list[re.Match[str]]) -> tuple[str | bool, list[re.Match[str]]]:
        left, rest = self._both(words)
        while rest and rest[0]["sign"] == "||":
            right, rest = self._both(rest[1:])
            left = left or right
        return left, rest

    def _both(self, words: list[re.Match[str]]) -> tuple[str | bool, list[re.Match[str]]]:
        left, rest = self._compared(words)
        while rest and rest[0]["sign"] == "&&":
            right, rest = self._compared(rest[1:])
            left = left and right
        return left, rest

    def _compared(self, words: list[re.Match[str]]) -> tuple[str | bool, list[re.Match[str]]]:
        left, rest = self._single(words)
        if rest and rest[0]["sign"] in ("==", "!="):
            right, after = self._single(rest[1:])
            return (left == right) is (rest[0]["sign"] == "=="), after
        return left, rest

    def _single(self, words: list[re.Match[str]]) -> tuple[str | bool, list[re.Match[str]]]:
        first, rest = words[0], words[1:]
        if first["sign"] == "!":
            answer, rest = self._single(rest)
            return not answer, rest
        if first["sign"] == "(":
            answer, rest = self._either(rest)
            assert rest[0]["sign"] == ")"
            return answer, rest[1:]
        if first["call"]:
            return {"always": True, "success": self.code == 0, "failure": self.code != 0, "cancelled": False}[first["call"]], rest
        return (first["text"].replace("''", "'") if first["text"] is not None else self._named(first["name"])), rest

    def _named(self, name: str) -> str:
        value: Any = self.contexts
        for part in name.split("."):
            value = value.get(part, "") if isinstance(value, Mapping) else ""
        return str(value)

    def filled(self, text: str) -> str:
        """Gives a text with its `${{ }}` evaluated."""
        return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(self.value(match[1])), str(text))

    def step(self, step: Mapping[str, Any]) -> None:
        """Runs one step, if its condition holds."""
        condition = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", str(step.get("if", "success()")).strip())
        stateful = re.search(r"\b(always|failure|success|cancelled)\(\)", condition)
        if not (self.value(condition) and (stateful or self.code == 0)):
            return
        if "uses" in step:
            inputs = ", ".join(f"{key}={self.filled(each)}" for key, each in step.get("with", {}).items())
            self.left_out.append(f"{step['uses']} ({inputs})")
            return
        assert step["shell"] == "bash"
        files = {name: self.scratch / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")}
        for each in files.values():
            each.write_text("", encoding="utf-8")
        script = self.scratch / "step.sh"
        script.write_text(self.filled(step["run"]), encoding="utf-8")
        own = {key: self.filled(each) for key, each in step.get("env", {}).items()}
        variables = {**self.variables, **own, **{name: str(each) for name, each in files.items()}}
        done = subprocess.run([*_BASH, str(script)], cwd=self.workspace, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.log.append(done.stdout.decode("utf-8", "replace"))
        self.code = self.code or done.returncode
        self.contexts["steps"][step.get("id", "")] = {"outputs": _assignments(files["GITHUB_OUTPUT"])}
        self.variables.update(_assignments(files["GITHUB_ENV"]))
        for folder in files["GITHUB_PATH"].read_text(encoding="utf-8").split():
            self.variables["PATH"] = f"{folder}{os.pathsep}{self.variables['PATH']}"


def _assignments(path: Path) -> dict[str, str]:
    """Reads `name=value` lines, and values of several lines between marks."""
    found: dict[str, str] = {}
    lines = iter(path.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if marked := re.fullmatch(r"([\w-]+)<<(.+)", line):
            found[marked[1]] = "\n".join(iter(lambda end=marked[2]: text if (text := next(lines)) != end else None, None))  # type: ignore[misc]
        elif "=" in line:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def run_action(action: Path, workspace: Path, scratch: Path, **inputs: str) -> Ran:
    """Runs an action in a workspace with these inputs ("-" written "_"); `scratch` is the runner's folder for what is thrown away."""
    document = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    unknown = set(given) - set(document["inputs"])
    assert not unknown, f"the action has no input {', '.join(sorted(unknown))}"
    summary = scratch / "summary.md"
    summary.write_text("", encoding="utf-8")
    run = Run(
        contexts={
            "inputs": {name: given.get(name, each.get("default", "")) for name, each in document["inputs"].items()},
            "github": {"action_path": str(action), "workspace": str(workspace)},
            "runner": {"temp": str(scratch), "os": "Linux"},
            "steps": {},
        },
        variables={
            **os.environ, "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace), "GITHUB_ACTION_PATH": str(action),
            "RUNNER_TEMP": str(scratch), "GITHUB_STEP_SUMMARY": str(summary),
        },
        scratch=scratch,
        workspace=workspace,
    )  # fmt: skip
    for step in document["runs"]["steps"]:
        run.step(step)
    outputs = {name: run.filled(each["value"]) for name, each in document.get("outputs", {}).items()}
    return Ran(run.code, "".join(run.log), outputs, summary.read_text(encoding="utf-8"), tuple(run.left_out))


def main(words: list[str]) -> int:
    """Prints the log, the summary of the job and the outputs; gives the exit code of the step that failed."""
    workspace = Path(words.pop(words.index("--workspace") + 1)) if "--workspace" in words else Path.cwd()
    inputs = dict(each.split("=", 1) for each in words if each != "--workspace")
    with tempfile.TemporaryDirectory(prefix="drivetrain-action-") as scratch:
        ran = run_action(ROOT, workspace.absolute(), Path(scratch), **{name.replace("-", "_"): value for name, value in inputs.items()})
    print(ran.log, end="")
    print(f"\n--- summary of the job\n{ran.summary}\n--- outputs")
    print("\n".join(f"{name}: {value}" for name, value in ran.outputs.items()))
    print("".join(f"left out: {each}\n" for each in ran.left_out), end="")
    return ran.code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
