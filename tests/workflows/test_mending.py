"""How the fixes of findings become one job: what is freed, bound, put back, dropped, told; contradictions; the laws that hold whatever the findings."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from drivetrain.audit.choosing import chosen
from drivetrain.catalogue import Catalogue
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.model.choice import Choice
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import DiskFile, Environment, Installed, OwnedFile
from drivetrain.model.fixing import Difference
from drivetrain.model.lock import Artifact, Lock
from drivetrain.model.outcome import Audit, Fix, Outcome, Scanned
from drivetrain.model.plan import Edit
from drivetrain.model.request import Request
from drivetrain.workflows.differing import brings_cuda, extent_of, sharers
from drivetrain.workflows.fix_applying import tolerated
from drivetrain.workflows.mending import Facts, gathered, request_with
from drivetrain.workflows.owner_commands import Hand, commands_for, places_of


@cache
def shipped() -> Catalogue:
    return catalogue()


def one(name: str, version: str, *requires: str, files: tuple[tuple[str, int], ...] = (), **more: Any) -> Installed:
    owned = tuple(OwnedFile(path=path, sha256=None, size_bytes=size) for path, size in files)
    return Installed(name=name, version=version, path=f"{name}-{version}.dist-info", requires=requires, files=owned, **more)


HERE = Environment(
    prefix="/env", python="3.12.4", installed=(one("torch", "2.9.0", "numpy"), one("numpy", "2.3.0"), one("scipy", "1.16.0", "numpy"), one("tqdm", "4.67"))
)


def facts(*asked: str, environment: Environment = HERE, **more: Any) -> Facts:
    return Facts(environment=environment, request=Request(wishes=tuple(map(wish_of, asked))), catalogue=shipped(), **more)


def finding(about: str, *fixes: Fix, cause: str = "dependency-pin-conflict", **more: Any) -> Outcome:
    return Outcome(**{"cause": cause, "state": "found", "severity": "error", "about": about, "says": "it is wrong", "fix": fixes, **more})


def edit(safety: str = "safe", **fields: Any) -> Fix:
    return Fix(says="do it", edit=Edit(**fields), safety=safety)  # type: ignore[arg-type]


def test_a_bare_requirement_frees_and_the_version_that_is_here_is_kept() -> None:
    found = gathered((finding("torch", edit(require=("torch",))), finding("scipy", edit(require=("scipy==1.16.0",)))), facts("torch", "scipy"))
    assert found.freed == {"torch"}
    assert [job.again for job in found.jobs] == [(), ("scipy",)]


def test_a_version_binds_where_no_metadata_says_it_already() -> None:
    found = gathered((finding("tqdm", edit(require=("tqdm<4.60",))), finding("numpy", edit(require=("numpy<2",)))), facts("torch", "tqdm"))
    assert [each.text for each in request_with(facts("torch", "tqdm").request, found, facts(), bound=True).constraints] == ["tqdm<4.60"]
    assert request_with(facts("torch", "tqdm").request, found, facts(), bound=False).constraints == ()


def test_what_is_missing_and_nothing_requires_is_asked_for_from_now_on() -> None:
    found = gathered((finding("tf-keras", edit(require=("tf-keras==2.16.*",))),), facts("torch"))
    assert [each.name for each in request_with(facts("torch").request, found, facts("torch"), bound=True).wishes] == ["torch", "tf-keras"]


def test_a_library_of_the_cuda_that_is_here_binds_no_plan_of_another() -> None:
    wanted = facts("torch")
    found = gathered((finding("jax", edit(require=("nvidia-cuda-nvcc",)), cause="libdevice-not-found"),), wanted)
    assert [each.name for each in request_with(wanted.request, found, wanted, bound=True).wishes] == ["torch", "nvidia-cuda-nvcc"]
    assert [each.name for each in request_with(wanted.request, found, wanted, bound=False).wishes] == ["torch"]


def test_what_only_lacks_something_keeps_its_version() -> None:
    found = gathered((finding("scipy", edit(require=("pooch",)), cause="dependency-missing"),), facts("scipy"))
    assert (found.freed, found.jobs[0].anew) == (frozenset(), False)


def test_a_framework_under_two_names_loses_one_of_them_safely() -> None:
    two = Environment(prefix="/env", installed=(one("tensorflow", "2.16.1"), one("tensorflow-cpu", "2.16.1")))
    told = facts("tensorflow", "tensorflow-cpu", environment=two)
    found = gathered((finding("tensorflow", edit(require=("tensorflow",), drop=("tensorflow-cpu",))),), told)
    assert [each.name for each in request_with(told.request, found, told, bound=True).wishes] == ["tensorflow"]


def test_a_framework_asked_for_under_the_name_that_goes_is_asked_for_under_the_other() -> None:
    two = Environment(prefix="/env", installed=(one("tensorflow", "2.16.1"), one("tensorflow-cpu", "2.16.1")))
    told = facts("tensorflow-cpu", environment=two)
    found = gathered((finding("tensorflow", edit(require=("tensorflow",), drop=("tensorflow-cpu",))),), told)
    assert [each.name for each in request_with(told.request, found, told, bound=True).wishes] == ["tensorflow"]


def test_one_fix_for_two_findings_is_told_once_with_both_causes() -> None:
    unset = edit("shown", variables=FrozenMap({"LD_LIBRARY_PATH": None}))
    found = gathered((finding("torch", unset, cause="stub-libcuda-on-path"), finding("torch", unset, cause="ld-library-path-shadows-bundled")), facts("torch"))
    (mend,) = found.others
    assert (mend.causes, mend.commands) == (("stub-libcuda-on-path", "ld-library-path-shadows-bundled"), ("unset LD_LIBRARY_PATH",))


def test_a_driver_is_its_owners_and_the_plan_for_the_one_that_is_here_is_made() -> None:
    old = finding("torch", edit("shown", driver="550"), edit(require=("torch",)), cause="driver-too-old-for-cuda")
    assert gathered((old,), facts("torch")).freed == {"torch"}
    assert [each.safety for each in gathered((finding("torch", edit("shown", driver="550")),), facts("torch")).others] == ["shown"]


def test_what_nobody_can_mend_is_among_what_is_left() -> None:
    found = gathered((finding("torch", cause="undefined-symbol"),), facts("torch"))
    assert [(each.cause, each.about) for each in found.left] == [("undefined-symbol", "torch")]


@pytest.mark.parametrize(
    ("one_edit", "other_edit", "clash"),
    [
        ({"require": ("numpy==1.26.4",)}, {"require": ("numpy>=2",)}, True),
        ({"require": ("numpy==1.26.4",)}, {"drop": ("numpy",)}, True),
        ({"require": ("numpy<2",)}, {"require": ("numpy==1.26.4",)}, False),
        ({"require": ("numpy",)}, {"require": ("numpy==1.26.4",)}, False),
        ({"require": ("numpy==1.26.4",)}, {"drop": ("scipy",)}, False),
    ],
)
def test_two_fixes_that_cannot_both_be_are_said_with_both_causes(one_edit: Any, other_edit: Any, clash: bool) -> None:
    found = gathered((finding("a", edit(**one_edit), cause="dependency-missing"), finding("b", edit(**other_edit))), facts("torch"))
    assert bool(found.contradictions) is clash
    for text in found.contradictions:
        assert "[dependency-missing]" in text
        assert "[dependency-pin-conflict]" in text


NAMES = some.sampled_from(["torch", "numpy", "scipy", "tqdm", "keras"])
EDITS = some.builds(
    edit,
    some.sampled_from(["safe", "unsafe", "shown"]),
    require=some.lists(some.builds("{}{}".format, NAMES, some.sampled_from(["", "==1.0", ">=2", "==4.67"])), max_size=2).map(tuple),
    drop=some.lists(NAMES, max_size=2).map(tuple),
)
FINDINGS = some.lists(
    some.builds(
        lambda about, fixes, severity: finding(about, *fixes, severity=severity), NAMES, some.lists(EDITS, max_size=2), some.sampled_from(["error", "warning"])
    ),
    max_size=5,
)


@given(FINDINGS)
def test_a_requested_distribution_is_never_dropped_without_being_told_to(findings: list[Outcome]) -> None:
    told = facts("torch", "tqdm")
    found = gathered(tuple(findings), told)
    for bound in (True, False):
        assert {"torch", "tqdm"} <= {each.name for each in request_with(told.request, found, told, bound=bound).wishes}


@given(FINDINGS, some.booleans())
def test_every_finding_ends_in_exactly_one_place(findings: list[Outcome], unsafe: bool) -> None:
    found = gathered(tuple(findings), facts("torch", "tqdm", unsafe=unsafe))
    done = [job.finding for job in found.jobs]
    left = [each for each in findings if not each.fix]
    told = [each for each in findings if each.fix and each not in done]
    assert len(found.left) == len(left)
    assert bool(found.others) is bool(told)
    assert len(done) + len(left) + len(told) == len(findings)


def test_what_a_fix_leaves_is_tolerated_about_its_own_subjects_alone() -> None:
    two = finding("delta", edit(drop=("delta",), require=("epsilon==1.0",)), cause="files-of-two-wheels")
    choice = Choice(ignore=tolerated([two]))
    after = [finding(about, cause=cause) for about, cause in (("epsilon", two.cause), ("delta, epsilon", two.cause), ("zeta", two.cause), ("delta", "other"))]
    audit = Audit(prefix="p", scanned=Scanned(distributions=1, binaries=0, bytes=0), outcomes=tuple(after))
    assert [(each.about, each.cause) for each in chosen(audit, choice).found()] == [("zeta", two.cause), ("delta", "other")]


def test_sizes_are_those_of_the_record_and_of_the_download() -> None:
    here = Environment(prefix="/env", installed=(one("a", "1", files=(("a.so", 900),)), one("b", "1", files=(("b.so", 50),))))
    changes = (Difference(name="a", before="1"), Difference(name="b", before="1", after="2"), Difference(name="c", after="3"))
    wheels = tuple(Artifact(name=name, version="2", file="", bytes=size, sha256="") for name, size in (("b", 40), ("c", 100)))
    extent = extent_of(here, changes, (), Lock(path="", text="", python="3.12", artifacts=wheels))
    assert (extent.count, extent.bytes, extent.download_bytes) == (0, 100 - 900, 140)


def test_what_shares_files_with_what_goes_is_installed_again() -> None:
    shared = (("nvidia/cudnn/lib/libcudnn.so.9", 10),)
    here = Environment(
        prefix="/env",
        installed=(one("nvidia-cudnn-cu12", "9.28", files=shared, installer="uv"), one("nvidia-cudnn-cu13", "9.26", files=shared, installer="uv")),
        shared_files=(DiskFile(path=shared[0][0], size_bytes=10, sha256=None),),
    )
    lines = commands_for((Difference(name="nvidia-cudnn-cu13", before="9.26"),), sharers(here, ["nvidia-cudnn-cu13"]), Hand(prefix="/env", environment=here))
    assert lines == (
        "uv pip uninstall --python /env/bin/python nvidia-cudnn-cu13",
        "uv pip install --python /env/bin/python --reinstall-package nvidia-cudnn-cu12 nvidia-cudnn-cu12==9.28",
    )


@pytest.mark.parametrize(
    ("url", "folder"),
    [("file:///srv/my%20wheels/torch-2.13.0%2Bcpu-cp311-cp311-linux_x86_64.whl", "/srv/my wheels"), ("file:///C:/wheels/torch.whl", "C:/wheels")],
)
def test_a_build_out_of_a_folder_is_asked_for_with_that_folder(url: str, folder: str) -> None:
    text = f"""
lock-version = "1.0"
packages = [
    {{ name = "torch", version = "2.13.0+cpu", wheels = [{{ url = "{url}" }}] }},
    {{ name = "numpy", version = "2.1", wheels = [{{ url = "file:///elsewhere/numpy.whl" }}] }},
]
"""
    changes = (Difference(name="torch", before="2.15.0", after="2.13.0+cpu"), Difference(name="numpy", before="2.0", after="2.1"))
    assert places_of({each.name: each.after or "" for each in changes}, Lock(path="pylock.toml", text=text, python="3.11", artifacts=())) == ((), (folder,))
    uv, pip = (Environment(prefix="/env", installed=(one("torch", "2.15.0", installer=installer),)) for installer in ("uv", "pip"))
    for environment, words in ((uv, "uv pip install --python /env/bin/python"), (pip, "/env/bin/python -m pip install")):
        hand = Hand(prefix="/env", environment=environment, links=("/srv/wheels",))
        assert commands_for(changes[:1], (), hand) == (f"{words} --find-links /srv/wheels torch==2.13.0+cpu",)


def test_a_release_that_stays_computes_on_the_gpu_with_what_comes_beside_it() -> None:
    plugin, library = Difference(name="jax-cuda12-plugin", after="0.10.2"), Difference(name="nvidia-cudnn-cu12", after="9.28.0.42")
    assert brings_cuda((plugin,))
    assert brings_cuda((library,))
    gone, other = Difference(name="nvidia-cudnn-cu12", before="9.28.0.42"), Difference(name="numpy", after="2.4")
    assert not brings_cuda((gone, other))
