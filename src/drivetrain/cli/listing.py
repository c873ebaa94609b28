"""The commands: name, module and one line of help, so that `--help` needs none of them."""

from __future__ import annotations

from msgspec import Struct

from drivetrain.words import say

GLOBAL_VALUES = ("--lang", "--cache-dir")
"""Flags with a value that may stand before the command."""


class Entry(Struct, frozen=True):
    """One command of the list."""

    name: str
    module: str
    says: str


def entries() -> tuple[Entry, ...]:
    """Gives every command, in the order in which a newcomer needs them."""
    return (
        Entry("probe", "probe", say("this machine: GPU, driver and highest CUDA, toolkits, Pythons, package indexes")),
        Entry("plan", "plan", say("one stack in which everything fits together, with reasons, or why there is none")),
        Entry("up", "up", say("plan, install, audit and prove an environment in one go")),
        Entry("add", "add", say("the environment planned again with one thing more")),
        Entry("remove", "remove", say("the environment planned again with one thing less")),
        Entry("install", "install", say("the environment exactly as a plan or lock has it")),
        Entry("audit", "audit", say("what is wrong in an environment, found without importing anything from it")),
        Entry("fix", "fix", say("the smallest set of changes that clears what an audit found; --apply makes them")),
        Entry("inspect", "inspecting", say("what one binary or wheel is: what it needs, and the GPUs that it holds code for")),
        Entry("verify", "verify", say("proof that each framework computes on each device")),
        Entry("run", "run", say("a command inside the environment, with the variables it needs")),
        Entry("explain", "explain", say("the page of a cause: why it breaks, how to be sure, what to do")),
        Entry("versions", "versions", say("every version of a component, and which of them this machine can use")),
        Entry("catalogue", "catalogue", say("the facts that plans rest on, and their age")),
        Entry("schema", "schema", say("the JSON Schema of what a command prints with --json")),
        Entry("completion", "completion", say("completion for bash, zsh, fish and PowerShell")),
    )


def nearest(word: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Gives the words that look most like the one typed."""
    from difflib import get_close_matches

    close = get_close_matches(word, words, n=3, cutoff=0.6)
    return tuple(close or [each for each in words if len(word) > 2 and each.startswith(word)][:3])
