"""Names that nobody gives: an error with its proof, silence where all are there, "cannot tell" where they were not read or another copy may have them."""

from __future__ import annotations

from audit.facts import catalogue, environment, machine, one, torch_built
from msgspec.structs import replace

from drivetrain.audit.rule import Context
from drivetrain.audit.rules.libraries.undefined_symbols import RULE, readable
from drivetrain.audit.rules.packages import extensions
from drivetrain.model.environment import Environment, OwnedFile
from drivetrain.model.library import Folder, SystemLibraries, Unmet
from drivetrain.model.outcome import Outcome
from drivetrain.model.plan import Edit

TORCH = one("torch", "2.9.1", files=(OwnedFile(path="torch/lib/libc10.so", sha256=None, size_bytes=1),))
SCATTER = one("torch-scatter", "2.1.2", "torch", files=tuple(OwnedFile(path=f"torch_scatter/_{name}.so", sha256=None, size_bytes=1) for name in "abc"))
OLD_STRINGS = "_ZN3c105ErrorC2ENS_14SourceLocationESs"


def lacking(path: str = "torch_scatter/_a.so", **more: object) -> Unmet:
    facts = {"path": path, "giver": "torch", "symbols": (OLD_STRINGS, "_ZN2at5emptyEv"), "count": 2, "asked": ("torch/lib/libc10.so",), **more}
    return Unmet(**facts)  # type: ignore[arg-type]


def answers(place: Environment) -> list[Outcome]:
    return list(RULE.check(Context(machine=machine(), environment=place, catalogue=catalogue())))


def test_an_extension_whose_names_nobody_gives() -> None:
    (found,) = answers(environment(TORCH, SCATTER, unmet=(lacking(),)))
    assert (found.cause, found.state, found.severity, found.about) == ("extension-built-for-other-framework-version", "found", "error", "torch-scatter")
    assert "c10::Error::Error" in found.says
    assert "torch 2.9.1" in found.says
    assert (found.evidence[0].path, found.evidence[0].text) == ("torch_scatter/_a.so", f"undefined symbol: {OLD_STRINGS}")
    assert found.fix[0].edit is not None
    assert found.fix[0].edit.require == ("torch-scatter", "torch")


def test_libraries_of_one_distribution_are_one_finding() -> None:
    (found,) = answers(environment(TORCH, SCATTER, unmet=tuple(lacking(f"torch_scatter/_{name}.so") for name in "abc")))
    assert {each.path for each in found.evidence} == {"torch_scatter/_a.so", "torch_scatter/_b.so", "torch_scatter/_c.so", "torch/lib/libc10.so"}


def test_the_other_abi_of_strings_is_named() -> None:
    (found,) = answers(environment(TORCH, SCATTER, unmet=(lacking(instead="_ZN3c105ErrorC2ENS_14SourceLocationENSt7__cxx11..."),)))
    assert "_GLIBCXX_USE_CXX11_ABI" in found.says
    assert any("instead" in each.text for each in found.evidence)


def test_each_giver_has_its_cause() -> None:
    vision = one("torchvision", "0.19.1", files=(OwnedFile(path="torchvision/_C.so", sha256=None, size_bytes=1),))
    assert [each.cause for each in answers(environment(TORCH, vision, unmet=(lacking("torchvision/_C.so"),)))] == ["torchvision-torch-mismatch"]
    sparse = one("nvidia-cusparse-cu12", "12.5", files=(OwnedFile(path="nvidia/cusparse/lib/libcusparse.so.12", sha256=None, size_bytes=1),))
    link = one("nvidia-nvjitlink-cu12", "12.1", files=(OwnedFile(path="nvidia/nvjitlink/lib/libnvJitLink.so.12", sha256=None, size_bytes=1),))
    torch = replace(TORCH, requires=("nvidia-nvjitlink-cu12==12.8.93",))
    less = lacking(sparse.files[0].path, giver="nvjitlink", symbols=("__nvJitLinkComplete_12_8",), count=1, asked=(link.files[0].path,))
    (found,) = answers(environment(torch, sparse, link, unmet=(less,)))
    assert (found.cause, found.about) == ("cuda-lib-older-than-build", "nvidia-cusparse-cu12")
    assert found.fix[0].edit is not None
    assert found.fix[0].edit.require == ("torch",)
    (own,) = answers(environment(TORCH, unmet=(lacking("torch/lib/libc10.so"),)))
    assert own.cause == "environment-incomplete"
    assert own.fix[0].edit == Edit(require=("torch==2.9.1",))
    (loose,) = answers(environment(TORCH, unmet=(lacking("mine/op.so"),)))
    assert (loose.about, loose.fix[0].safety) == ("mine/op.so", "shown")


def test_an_extension_that_is_accused_already_gets_the_proof() -> None:
    bound = one("torch-scatter", "2.1.2+pt28cpu", files=SCATTER.files)
    place = environment(TORCH, bound, builds=(torch_built(None),), unmet=(lacking(),))
    (found,) = [each for each in extensions.RULE.check(Context(machine=machine(), environment=place, catalogue=catalogue())) if each.state == "found"]
    assert any(each.text == f"undefined symbol: {OLD_STRINGS}" for each in found.evidence)
    assert [each.state for each in answers(place)] == ["unknown"]


def test_silent_where_every_name_is_there() -> None:
    (clear,) = answers(environment(TORCH, SCATTER, unmet=()))
    assert clear.state == "clear"


def test_cannot_tell_where_nothing_was_read_or_another_copy_comes_first() -> None:
    (unread,) = answers(environment(TORCH, SCATTER))
    assert unread.state == "unknown"
    system = SystemLibraries(folders=(Folder(path="/usr/local/cuda/lib64", why="LD_LIBRARY_PATH", names=("libc10.so",)),))
    (other,) = answers(environment(TORCH, SCATTER, unmet=(lacking(),), system=system))
    assert (other.state, other.about) == ("unknown", "torch-scatter")
    assert "/usr/local/cuda/lib64" in other.says


def test_names_are_read_as_people_write_them() -> None:
    told = {
        OLD_STRINGS: "c10::Error::Error",
        "_ZNK2at6Tensor4sizeEl": "at::Tensor::size",
        "_ZN3c1010TensorImplD1Ev": "c10::TensorImpl::~TensorImpl",
        "_ZTVN5torch8autograd4NodeE": "torch::autograd::Node",
        "__nvJitLinkComplete_12_4": "__nvJitLinkComplete_12_4",
        "_Z3fooi": "_Z3fooi",
        "_ZN99999999999999999999999x": "x",
        "": "",
    }
    assert {symbol: readable(symbol) for symbol in told} == told
