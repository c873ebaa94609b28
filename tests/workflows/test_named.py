"""What was asked for by a path or an address alone gets its name from the lock."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from drivetrain.formats.requirements import wish_of
from drivetrain.model.lock import Lock
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request
from drivetrain.workflows.named import named, plan_named

LOCK = Lock(
    path="",
    python="3.13",
    artifacts=(),
    text="""
[[packages]]
name = "mine"
directory = { path = "/src/mine", editable = true }
[[packages]]
name = "theirs"
vcs = { type = "git", url = "https://git.example/theirs.git", commit-id = "0a1b" }
[[packages]]
name = "numpy"
version = "2.0"
""",
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("/src/mine", "mine"),
        ("/src/other/../mine/", "mine"),
        ("file:///src/mine", "mine"),
        ("git+https://git.example/theirs.git@main", "theirs"),
        ("git+https://git.example/theirs.git#subdirectory=py", "theirs"),
        ("/src/unknown", ""),
    ],
)
def test_each_spelling_of_a_place_is_the_same_place(typed: str, name: str) -> None:
    wish = replace(wish_of(typed), name="")
    before = Request(wishes=(wish, wish_of("numpy")))
    after = named(before, LOCK)
    assert [each.name for each in after.wishes] == [name, "numpy"]
    assert after.wishes[0].url == wish.url
    plan = plan_named(Plan(accelerator="cpu", sources=(), python="3.13", packages=(), requirements=(typed,)), before, after)
    if name:
        assert plan.requirements[0].startswith(f"{name} @ ")
        assert wish_of(plan.requirements[0]).name == name
    else:
        assert plan.requirements == (typed,)
