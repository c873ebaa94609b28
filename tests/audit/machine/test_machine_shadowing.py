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
