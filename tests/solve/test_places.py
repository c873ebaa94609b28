"""An index that the request or the configuration names counts, whatever `--sources` says."""

from __future__ import annotations

from msgspec.structs import replace

from drivetrain.frameworks import frameworks
from drivetrain.model.machine import Index, Machine
from drivetrain.model.request import Request, Wish
from drivetrain.probe import described
from drivetrain.solve.aim import places_of

TORCH_INDEX = "https://download.pytorch.org/whl/cu118"


def places(machine: Machine, **request: object) -> tuple[str, ...]:
    return places_of(Request(wishes=(Wish(name="torch"),), sources="index", **request), machine, frameworks())  # type: ignore[arg-type]


def test_the_frameworks_own_index_counts_where_it_is_named() -> None:
    machine = described(os="linux", gpus=("RTX 3090",), driver="550")
    assert places(machine) == ("index",)
    assert places(machine, indexes=(TORCH_INDEX,)) == ("index", "pytorch")
    assert places(machine, find_links=("https://download.pytorch.org/whl/torch_stable.html",)) == ("index", "pytorch")
    configured = replace(machine, indexes=(Index(kind="index", name=TORCH_INDEX, origin="pip.conf"),))
    assert places(configured) == ("index", "pytorch")
    assert places(configured, engine="conda") == ("index", "pytorch", "conda-forge")


def test_an_index_that_did_not_answer_does_not_count() -> None:
    silent = Index(kind="index", name=TORCH_INDEX, reachable=False)
    assert places(replace(described(os="linux", gpus=(), driver=None), indexes=(silent,))) == ("index",)
