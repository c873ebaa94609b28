"""What PYTHONPATH brings in front of an environment bears the nearest name: the user site, or a script named like a package."""

from __future__ import annotations

import pytest
from audit.facts import environment, one
from audit.machine.around import folder, found, with_variables

from drivetrain.audit.rules.machine import python_path


@pytest.mark.parametrize(
    ("path", "holds", "cause"),
    [
        ("/home/kim/.local/lib/python3.11/site-packages", ("jax", "jax-0.4.30.dist-info"), "user-site-shadows-env"),
        ("/home/kim/project", ("jax.py",), "local-file-shadows-package"),
        ("/srv/old", ("jax", "jax-0.4.30.dist-info"), "pythonpath-shadows-env"),
    ],
)
def test_the_nearest_name_is_given(path: str, holds: tuple[str, ...], cause: str) -> None:
    (outcome,) = found(python_path.RULE, with_variables(PYTHONPATH=path, folders=[folder("PYTHONPATH", path, *holds)]), environment(one("jax", "0.9.0")))
    assert outcome.cause == cause


def test_each_file_of_the_folder_at_hand_has_its_own_line() -> None:
    here = with_variables(folders=[folder("", "/home/kim/project", "jax.py", "main.py", "numpy.py")])
    outcomes = found(python_path.RULE, here, environment(one("jax", "0.9.0"), one("numpy", "2.4.0"), one("torch", "2.9.0")))
    told = [(each.about, [evidence.path for evidence in each.evidence], each.fix[0].commands) for each in outcomes]
    assert told == [
        ("jax", ["/home/kim/project/jax.py"], ("mv jax.py my_jax.py",)),
        ("numpy", ["/home/kim/project/numpy.py"], ("mv numpy.py my_numpy.py",)),
    ]
