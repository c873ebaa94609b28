"""Turns what is known of a machine, as people report it and as logs tell it, into facts with one spelling each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

FRAMEWORKS = {
    "pytorch": "torch",
    "tensorflow-gpu": "tensorflow",
    "tf": "tensorflow",
    "nvidia-driver": "driver",
    "jaxlib": "jax",
    "onnxruntime-gpu": "onnxruntime",
    "paddlepaddle": "paddle",
    "tf-keras": "keras",
}
"""What people call a framework, to its own name."""
TEXTS = frozenset({"install_method", "container", "gpu", "gpus", "distro", "cloud", "cpu", "platform", "os_version", "note", "environment"})
"""Facts in people's own words, in which a condition looks for a word."""
PACKAGE = "package."
_NOTHING = re.compile(r"(?i)^\W*(no|none|false|null|missing|absent|not installed|n/?a|unset|not set)\W*$")
_PIN = re.compile(r"^\s*([A-Za-z0-9][\w.-]*?)(?:\[[^\]]*\])?\s*(?:==|=|\s|:)\s*v?(\d[\w.+!]*)")
_SYSTEMS = (
    ("wsl2", r"wsl|microsoft-standard"),
    ("windows", r"\bwin(dows|32|64|_amd64)?\b|windows"),
    ("macos", r"mac ?os|darwin|\bosx\b|macosx"),
    ("linux", r"linux|ubuntu|debian|fedora|centos|rhel|red ?hat|rocky|alma|arch|manjaro|suse|mint|gentoo|nixos|jetpack|l4t|colab|kaggle|jetson"),
)
_DISTROS = "ubuntu|debian|fedora|centos|rhel|red hat|rocky|almalinux|arch|manjaro|suse|mint|gentoo|nixos|pop!?_os|amazon linux|kali"


def facts_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Gives the facts of a JSON object as people report them; what is empty is not known, and no key is refused."""
    facts: dict[str, str] = {}
    for key, value in given.items():
        facts.update(_flat(_key(key), value))
    return completed(facts)


def completed(facts: Mapping[str, str]) -> dict[str, str]:
    """Gives the facts in their one spelling, with what follows from their words alone: the system of a distribution, the CUDA of a local version."""
    made = {key: value.strip() for key, value in facts.items() if value.strip()}
    _framework(made)
    _system(made)
    _build(made)
    return made


def joined(first: Mapping[str, str], then: Mapping[str, str]) -> dict[str, str]:
    """Gives both; where they differ the first counts."""
    return completed({**then, **first})


def absent(value: str) -> bool:
    """Tells whether a fact says that there is none."""
    return bool(_NOTHING.match(value))


def number_of(value: str) -> str | None:
    """Gives the first version number in a text ("10.x" is 10, "0.4.14 / 0.4.6" the first)."""
    found = re.search(r"\d+(?:\.\d+)*", value)
    return found[0] if found else None


def packages_of(facts: Mapping[str, str]) -> dict[str, str]:
    """Gives the installed distributions that are known, by name."""
    return {key[len(PACKAGE) :]: value for key, value in facts.items() if key.startswith(PACKAGE)}


def _key(key: str) -> str:
    return key.strip().lower().replace(" ", "_") if not key.lower().startswith(("env.", PACKAGE)) else key


def _flat(key: str, value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if key in ("pip_packages", "packages", "conda_packages", "pip_list", "pip_freeze", "requirements"):
        return {**_packages(value), key: _text(value)}
    if isinstance(value, Mapping):
        inner = {f"{'env' if key in ('env', 'environ', 'variables') else key}.{name}": _text(each) for name, each in value.items()}
        return {**inner, **({"env": _text(value)} if key == "env" else {})}
    return {key: _text(value)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}={_text(each)}" for key, each in value.items())
    return "; ".join(map(_text, value)) if isinstance(value, (list, tuple)) else str(value)


def _packages(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        pairs: Iterable[tuple[str, str]] = ((name, _text(version)) for name, version in value.items())
    else:
        lines = re.split(r"[;,\n]", value) if isinstance(value, str) else [_text(each) for each in value]
        pairs = (found.groups() for line in lines if (found := _PIN.match(line)))  # type: ignore[misc]
    return {PACKAGE + canonical(name): version for name, version in pairs if version}


def canonical(name: str) -> str:
    """Gives a distribution's name as the index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _framework(facts: dict[str, str]) -> None:
    name = facts.get("framework", "").lower()
    if name:
        facts["framework"] = name = FRAMEWORKS.get(name, name)
    own = {"torch": ("torch",), "tensorflow": ("tensorflow", "tensorflow-gpu", "tensorflow-cpu"), "jax": ("jax",), "keras": ("keras",)}
    for each in own.get(name, (name,)):
        if "framework_version" not in facts and PACKAGE + each in facts:
            facts["framework_version"] = facts[PACKAGE + each]
    version = facts.get("framework_version", "")
    if name and re.match(r"v?\d+(\.\d+)+", version) and PACKAGE + name not in facts and name != "driver":
        facts[PACKAGE + name] = version.removeprefix("v").split()[0].rstrip(",;")


def _system(facts: dict[str, str]) -> None:
    told = " ".join(facts[key] for key in ("os", "distro", "platform", "os_version") if key in facts)
    if facts.get("os", "").lower() not in ("wsl2", "windows", "macos") and told:
        text = f"{told} {facts.get('kernel', '')} {facts.get('environment', '')}"
        facts.update(next(({"os": name} for name, pattern in _SYSTEMS if re.search(pattern, text, re.IGNORECASE)), {}))
    elif "os" in facts:
        facts["os"] = facts["os"].lower()
    for key in ("windows", "macos"):
        if key in facts and "os" not in facts:
            facts["os"] = key
    if "distro" not in facts and (found := re.search(rf"(?i)\b({_DISTROS})\b", f"{facts.get('os_version', '')} {facts.get('platform', '')}")):
        facts["distro"] = found[1].lower()
    if re.search(r"(?i)docker|podman|kubernetes|\bk8s\b|singularity|apptainer", facts.get("install_method", "")) and "container" not in facts:
        facts["container"] = facts["install_method"]


def _build(facts: dict[str, str]) -> None:
    """A local version names its build: 1.12.0+cu102 is made for CUDA 10.2, +cpu for none."""
    texts = (facts.get("framework_version", ""), facts.get(PACKAGE + facts.get("framework", ""), ""), facts.get("torch_version_string", ""))
    for text in texts:
        if "torch_cuda" not in facts and (found := re.search(r"\+(?:cu(\d{2,3})\b|cpu\b)", text)):
            facts["torch_cuda"] = f"{found[1][:-1]}.{found[1][-1]}" if found[1] else "none"
    if "sm" in facts and "capability" not in facts:
        facts["capability"] = f"{facts['sm'][:-1]}.{facts['sm'][-1]}"
    if "compute_capability" in facts and "capability" not in facts:
        facts["capability"] = facts["compute_capability"]
