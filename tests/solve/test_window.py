"""The window of releases that is grounded first never decides the plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from drivetrain.catalogue import Catalogue
from drivetrain.model.build import Framework, Target
from drivetrain.model.catalogue import Distribution, Release, Requirement, Snapshot, Wheel
from drivetrain.model.request import Request, Wish
from drivetrain.solve import optimum
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.optimum import best_stack

NEWEST = date(2026, 11, 1)


def release(version: str, age: int, *, shared: str = "") -> Release:
    return Release(
        version=version,
        released=str(NEWEST - timedelta(days=age)),
        wheels=(Wheel("py3-none-any", 1),),
        requires=(Requirement("shared", f"=={shared}"),) if shared else (),
        read_from="py3-none-any",
    )


def sieve_of(alpha: tuple[Release, ...], beta: tuple[Release, ...]) -> Sieve:
    shared = tuple(release(str(number), 0) for number in range(5, 0, -1))
    distributions = (
        Distribution(name="alpha", releases=alpha),
        Distribution(name="beta", releases=beta),
        Distribution(name="shared", releases=shared),
    )
    frameworks = tuple(Framework(name=name, distribution=name, title=name, import_name=name) for name in ("alpha", "beta"))
    catalogue = Catalogue(Snapshot(as_of=str(NEWEST), distributions=distributions), frameworks, {}, (), ())
    target = Target(os="linux", accelerator="cpu", pythons=("3.12",))
    return Sieve(Request(wishes=(Wish(name="alpha"), Wish(name="beta"))), target, catalogue)


def chosen(sieve: Sieve) -> list[str]:
    found = best_stack(sieve, ("alpha", "beta"))
    assert found is not None
    return [pick.build.version for name, pick in found[0].picks if name != "shared"]


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimum, "FIRST_WINDOW_DAYS", 420)


def test_a_release_outside_the_window_wins_when_the_pair_is_younger() -> None:
    # Inside the window only (2.0, 2.0) fits: 600 days. (1.0, 3.0) is 500 days, its alpha alone older than the window.
    alpha = (release("3.0", 0, shared="1"), release("2.0", 300, shared="2"), release("1.0", 500, shared="3"))
    beta = (release("3.0", 0, shared="3"), release("2.0", 300, shared="2"))
    assert chosen(sieve_of(alpha, beta)) == ["1.0", "3.0"]


def test_a_release_outside_the_window_is_found_when_nothing_inside_fits() -> None:
    alpha = (release("3.0", 0, shared="1"), release("1.0", 2000, shared="3"))
    beta = (release("3.0", 0, shared="3"),)
    assert chosen(sieve_of(alpha, beta)) == ["1.0", "3.0"]


def test_a_tie_with_a_release_outside_goes_to_the_order_of_the_request() -> None:
    # 250 + 250 inside, 0 + 500 outside: the same age, and the first framework of the request is newer in the second.
    alpha = (release("3.0", 0, shared="3"), release("2.0", 250, shared="2"))
    beta = (release("3.0", 0, shared="1"), release("2.0", 250, shared="2"), release("1.0", 500, shared="3"))
    assert chosen(sieve_of(alpha, beta)) == ["3.0", "1.0"]
