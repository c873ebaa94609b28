"""Law: the auditor never faults the planner."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from drivetrain.audit import audit
from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.promised import environment_of
from drivetrain.frameworks import catalogue
from drivetrain.model.plan import Plan
from drivetrain.model.request import Request, Wish
from drivetrain.probe import described
from drivetrain.solve import solve
from drivetrain.solve.aim import target_of

GPUS = ("GTX 950M", "GTX 1050 Ti", "GTX 1080", "Tesla V100", "RTX 2080", "RTX 3090", "RTX 4090", "H100", "RTX 5090", "sm_50", "sm_86", "sm_100")
DRIVERS = ("450.80.02", "470", "525.60.13", "535", "550", "560", "570", "575", "580.65.06", "610")
WISHES = ("tensorflow", "torch", "jax", "torchvision", "keras", "numpy<2", "torch<2.9", "tensorflow<2.17", "python==3.11")


@lru_cache(maxsize=1)
def facts() -> Catalogue:
    return catalogue()


def wish(text: str) -> Wish:
    name = text.split("<")[0].split("==")[0]
    return Wish(name=name, specifier=text[len(name) :], text=text)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    st.sampled_from(("linux", "wsl2")),
    st.lists(st.sampled_from(GPUS), max_size=2, unique=True),
    st.sampled_from(DRIVERS),
    st.lists(st.sampled_from(WISHES), min_size=1, max_size=4, unique_by=lambda text: wish(text).name),
    st.sampled_from(("index", "all")),
)
def test_the_auditor_never_faults_the_planner(os: str, gpus: list[str], driver: str, texts: list[str], sources: str) -> None:
    assume(any(not text.startswith("python") for text in texts))
    machine = described(os=os, gpus=tuple(gpus), driver=driver if gpus else None)
    request = Request(wishes=tuple(wish(text) for text in texts), sources=sources)
    plan = solve(request, machine, facts(), relaxations=False)
    assume(isinstance(plan, Plan) and plan.engine == "pip")
    assert isinstance(plan, Plan)
    environment = environment_of(plan, target_of(request, machine, facts().frameworks), facts())
    found = [each for each in audit(machine, environment, facts()) if each.state == "found" and each.severity == "error"]
    assert not found, (texts, gpus, driver, [(each.cause, each.about, each.says) for each in found])
