"""Rules about variables: each speaks, stays silent, and says when it cannot tell."""

from __future__ import annotations

import pytest
from audit.facts import RTX_4090, environment, jaxlib_built, machine, one, tensorflow_built, torch_built
from audit.machine.around import CPU_PLAN, answers, folder, found, states, variables_of, with_variables

from drivetrain.audit.rules import RULES
from drivetrain.audit.rules import machine as room
from drivetrain.audit.rules.machine import (
    containers,
    debugging,
    forward_compatibility,
    jax_platforms,
    keras_variables,
    loader_path,
    python_home,
    python_path,
    variable_values,
    visible_devices,
    xla_flags,
)
from drivetrain.model.documents import FrozenMap
from drivetrain.model.library import SystemLibraries
from drivetrain.model.machine import Driver, Gpu, Machine, Note, OperatingSystem, Toolkit
from drivetrain.model.plan import Edit
from drivetrain.model.site_folder import EnvironmentPython

A100 = Gpu(name="NVIDIA A100-SXM4-80GB", compute_capability="8.0", uuid="GPU-aaaa1111-0000-0000-0000-000000000000")
SECOND = Gpu(name="NVIDIA A100-SXM4-80GB", compute_capability="8.0", uuid="GPU-bbbb2222-0000-0000-0000-000000000000")
ABOUT_VARIABLES = (
    debugging, forward_compatibility, loader_path, python_home, visible_devices,
)  # fmt: skip
JAX = (one("jax", "0.9.0"), one("jaxlib", "0.9.0"), one("jax-cuda12-plugin", "0.9.0"))
JAX_CUDA = environment(*JAX, builds=[jaxlib_built("12")])
TENSORFLOW = environment(one("tensorflow", "2.20.0"), one("keras", "3.12.0"), builds=[tensorflow_built("12.5")])


# All of them


@pytest.mark.parametrize("rule", [each.RULE for each in ABOUT_VARIABLES], ids=lambda rule: rule.cause)
def test_a_described_machine_has_no_variables(rule: object) -> None:
    assert isinstance(rule, type(RULES[0]))
    assert states(rule, machine(RTX_4090, described=True)) == ["unknown"]
    windows = Machine(os=OperatingSystem(family="windows"), gpus=(RTX_4090,), variables=FrozenMap({"CUDA_VISIBLE_DEVICES": "-1"}))
    assert states(rule, windows, environment(one("torch", "2.10.0"))) == ["unknown"], "an environment of another system runs elsewhere"


@pytest.mark.parametrize("rule", room.RULES, ids=lambda rule: rule.cause)
def test_every_rule_answers_about_an_empty_environment(rule: object) -> None:
    assert isinstance(rule, type(RULES[0]))
    assert answers(rule, machine())
    assert not found(rule, machine(RTX_4090))


def test_whoever_makes_an_environment_lends_it_no_variables() -> None:
    hidden = with_variables(CUDA_VISIBLE_DEVICES="-1", PYTHONHOME="/opt/python", CUDA_LAUNCH_BLOCKING="1")
    for rule in (visible_devices.RULE, python_home.RULE, debugging.RULE):
        assert {each.state for each in answers(rule, hidden, plan=CPU_PLAN)} == {"clear"}


# cuda-visible-devices-hides-gpu


@pytest.mark.parametrize(
    ("value", "severity"), [("", "warning"), ("-1", "warning"), ("3", "error"), ("cuda:0", "error"), ("NoDevFiles", "error"), ("GPU-cccc", "error")]
)
def test_a_value_that_hides_every_gpu(value: str, severity: str) -> None:
    (outcome,) = found(visible_devices.RULE, with_variables(A100, SECOND, CUDA_VISIBLE_DEVICES=value))
    assert outcome.severity == severity
    assert outcome.evidence[0].text.startswith("CUDA_VISIBLE_DEVICES=")
    assert variables_of(outcome) == [{"CUDA_VISIBLE_DEVICES": None}, {"CUDA_VISIBLE_DEVICES": "0"}]


def test_nothing_counts_after_an_entry_that_names_no_gpu() -> None:
    (outcome,) = found(visible_devices.RULE, with_variables(A100, SECOND, CUDA_VISIBLE_DEVICES="1,7,0"))
    assert (outcome.severity, variables_of(outcome)[0]) == ("warning", {"CUDA_VISIBLE_DEVICES": "1"})


@pytest.mark.parametrize("value", ["0", "1,0", " 0 , 1", "GPU-aaaa", "GPU-bbbb2222-0000-0000-0000-000000000000,0"])
def test_values_that_name_gpus_are_silent(value: str) -> None:
    assert states(visible_devices.RULE, with_variables(A100, SECOND, CUDA_VISIBLE_DEVICES=value)) == ["clear"]


def test_a_cpu_environment_and_a_machine_without_gpu_may_hide_it() -> None:
    hidden = with_variables(CUDA_VISIBLE_DEVICES="-1")
    assert states(visible_devices.RULE, hidden, environment(accelerator="cpu")) == ["clear"]
    assert states(visible_devices.RULE, machine(variables=FrozenMap({"CUDA_VISIBLE_DEVICES": "-1"}))) == ["clear"]


def test_gpus_of_the_bus_that_a_container_was_not_given_do_not_count() -> None:
    apart = Gpu(name="NVIDIA A100-SXM4-80GB", compute_capability="8.0", driver_bound=False)
    assert [each.severity for each in found(visible_devices.RULE, with_variables(A100, apart, CUDA_VISIBLE_DEVICES="1"))] == ["error"]


def test_libcuda_that_lists_what_the_variable_leaves_is_believed() -> None:
    told = with_variables(A100, CUDA_VISIBLE_DEVICES="3", more={"driver": Driver(version="550.54.14", cuda="12.4", source="libcuda")})
    assert states(visible_devices.RULE, told) == ["clear"]


@pytest.mark.parametrize("value", ["MIG-a1b2", "GPU-1234", "0,0"])
def test_names_that_the_machine_does_not_tell(value: str) -> None:
    assert states(visible_devices.RULE, with_variables(RTX_4090, CUDA_VISIBLE_DEVICES=value)) == ["unknown"]


# forward-compat-on-unsupported-gpu

COMPAT = "/usr/local/cuda/compat"


def test_compatibility_libraries_on_a_geforce() -> None:
    path = f"{COMPAT}:/opt/lib"
    (outcome,) = found(forward_compatibility.RULE, with_variables(LD_LIBRARY_PATH=path, folders=[folder("LD_LIBRARY_PATH", COMPAT, "libcuda.so.1")]))
    assert "RTX 4090" in outcome.says
    assert variables_of(outcome) == [{"LD_LIBRARY_PATH": "/opt/lib"}]


def test_error_804_that_the_probe_saw_is_told_on_any_gpu() -> None:
    note = Note(cause="forward-compat-on-unsupported-gpu", says="the driver lists the GPUs, but CUDA does not start: cuInit returns 804")
    assert [each.says for each in found(forward_compatibility.RULE, machine(A100, notes=(note,)))] == [note.says]


def test_an_empty_folder_is_silent_and_a_data_centre_gpu_cannot_be_told() -> None:
    empty = with_variables(LD_LIBRARY_PATH=COMPAT, folders=[folder("LD_LIBRARY_PATH", COMPAT, exists=False)])
    assert states(forward_compatibility.RULE, empty) == ["clear"]
    here = [folder("LD_LIBRARY_PATH", COMPAT, "libcuda.so.1", "libcuda.so.550.54.14")]
    assert states(forward_compatibility.RULE, with_variables(A100, LD_LIBRARY_PATH=COMPAT, folders=here)) == ["unknown"]
    assert states(forward_compatibility.RULE, with_variables(LD_LIBRARY_PATH=COMPAT)) == ["unknown"]


# cuda-library-not-on-loader-path


def test_a_mistyped_folder() -> None:
    path = "/usr/local/cuda-11.2/lib46:/opt/lib"
    around = with_variables(
        LD_LIBRARY_PATH=path,
        folders=[folder("LD_LIBRARY_PATH", "/usr/local/cuda-11.2/lib46", exists=False)],
        more={"toolkits": (Toolkit(path="/usr/local/cuda-11.2", version="11.2.2"),)},
    )
    (outcome,) = found(loader_path.RULE, around, environment(one("tensorflow", "2.10.1"), builds=[tensorflow_built("11.2")]))
    assert outcome.severity == "warning"
    assert variables_of(outcome) == [{"LD_LIBRARY_PATH": "/usr/local/cuda-11.2/lib64:/opt/lib"}, {"LD_LIBRARY_PATH": "/opt/lib"}]


def test_what_brings_its_own_libraries_is_only_told() -> None:
    around = with_variables(LD_LIBRARY_PATH="~/cuda/lib64", folders=[folder("LD_LIBRARY_PATH", "~/cuda/lib64", exists=False)])
    (outcome,) = found(loader_path.RULE, around, environment(one("torch", "2.10.0"), one("nvidia-cublas-cu12", "12.8.1"), builds=[torch_built("12.8")]))
    assert outcome.severity == "note"
    assert "~" in outcome.evidence[-1].text


def test_folders_that_exist_and_those_of_images_are_silent_and_unseen_ones_unknown() -> None:
    images = "/usr/local/nvidia/lib:/usr/local/nvidia/lib64:/opt/nothing"
    gone = [folder("LD_LIBRARY_PATH", each, exists=False) for each in images.split(":")]
    assert states(loader_path.RULE, with_variables(LD_LIBRARY_PATH=images, folders=gone)) == ["clear"]
    here = [folder("LD_LIBRARY_PATH", "/usr/local/cuda/lib64", "libcudart.so.12")]
    assert states(loader_path.RULE, with_variables(LD_LIBRARY_PATH="/usr/local/cuda/lib64", folders=here)) == ["clear"]
    assert states(loader_path.RULE, with_variables(LD_LIBRARY_PATH="/usr/local/cuda/lib64")) == ["unknown"]


# driver-capabilities-without-compute, container-without-gpu


ANSWERS = Driver(version="580.65.06", cuda="13.0")


def inside(*, driver: Driver | None = ANSWERS, **variables: str) -> Machine:
    return Machine(os=OperatingSystem(family="linux", container="docker"), gpus=(RTX_4090,), driver=driver, variables=FrozenMap(variables))


def test_a_container_without_compute() -> None:
    (outcome,) = found(containers.RULE, inside(NVIDIA_DRIVER_CAPABILITIES="utility,video"), environment(system=SystemLibraries()))
    assert (outcome.cause, outcome.severity) == ("driver-capabilities-without-compute", "error")
    assert "compute" in outcome.fix[0].commands[0]
    (hidden,) = found(containers.RULE, inside(driver=None, NVIDIA_VISIBLE_DEVICES="void"))
    assert hidden.cause == "container-without-gpu"


def test_containers_that_have_compute_are_silent() -> None:
    for variables in ({}, {"NVIDIA_DRIVER_CAPABILITIES": "all"}, {"NVIDIA_DRIVER_CAPABILITIES": "compute,utility", "NVIDIA_VISIBLE_DEVICES": "void"}):
        assert states(containers.RULE, inside(**variables)) == ["clear"]
    answered = Driver(version="580.65.06", cuda="13.0", source="libcuda")
    assert states(containers.RULE, inside(driver=answered, NVIDIA_DRIVER_CAPABILITIES="utility")) == ["clear"]
    assert states(containers.RULE, with_variables(NVIDIA_DRIVER_CAPABILITIES="utility")) == ["clear"], "no container"
    mounted = SystemLibraries(cached=FrozenMap({"libcuda.so.1": "/usr/lib/x86_64-linux-gnu/libcuda.so.1"}))
    assert states(containers.RULE, inside(NVIDIA_DRIVER_CAPABILITIES="utility"), environment(system=mounted)) == ["clear"]


def test_a_container_that_was_described_cannot_be_told() -> None:
    described = Machine(os=OperatingSystem(family="linux", container="docker"), gpus=(RTX_4090,), described=True)
    assert states(containers.RULE, described) == ["unknown"]
    assert states(containers.RULE, inside(NVIDIA_DRIVER_CAPABILITIES="utility")) == ["unknown"], "its libraries were not looked for"


# debugging-variable-left-on, pythonhome-set


def test_debugging_left_on() -> None:
    (outcome,) = found(debugging.RULE, with_variables(CUDA_LAUNCH_BLOCKING="1"))
    assert (outcome.severity, variables_of(outcome)) == ("note", [{"CUDA_LAUNCH_BLOCKING": None}])
    assert states(debugging.RULE, with_variables(CUDA_LAUNCH_BLOCKING="0")) == ["clear"]


def test_pythonhome() -> None:
    python = EnvironmentPython(executable="bin/python", target="/opt/python3.11/bin/python3.11", home="/opt/python3.11/bin")
    own = environment(interpreter=python)
    (outcome,) = found(python_home.RULE, with_variables(PYTHONHOME="/usr"), own)
    assert (outcome.severity, variables_of(outcome)) == ("error", [{"PYTHONHOME": None}])
    for value in ("/env/", "/opt/python3.11", ""):
        assert states(python_home.RULE, with_variables(PYTHONHOME=value), own) == ["clear"]
    assert states(python_home.RULE, with_variables(PYTHONHOME="/usr"), environment(kind="folder")) == ["unknown"]
    assert states(python_home.RULE, with_variables(PYTHONHOME="/usr"), environment()) == ["unknown"], "its interpreter was not read"


# keras3-without-tf-keras, keras-backend-not-installed


def test_legacy_keras_that_is_not_installed() -> None:
    asked = with_variables(TF_USE_LEGACY_KERAS="1")
    (outcome,) = found(keras_variables.RULE, asked, TENSORFLOW)
    assert (outcome.cause, outcome.fix[0].edit.require if outcome.fix[0].edit else None) == ("keras3-without-tf-keras", ("tf-keras==2.20.*",))
    whole = environment(*TENSORFLOW.installed, one("tf-keras", "2.20.1"))
    old = environment(one("tensorflow", "2.15.1"))
    for each in (whole, old, environment()):
        assert not found(keras_variables.RULE, asked, each)
    assert not found(keras_variables.RULE, with_variables(TF_USE_LEGACY_KERAS="0"), TENSORFLOW)
    assert "unknown" in states(keras_variables.RULE, asked, environment(*TENSORFLOW.installed, inherits=True))


def test_keras_2_brings_no_second_tensorflow() -> None:
    """tf-keras requires `tensorflow`, which shares its folder with `tensorflow-cpu`."""
    asked = with_variables(TF_USE_LEGACY_KERAS="1")
    (outcome,) = found(keras_variables.RULE, asked, environment(one("tensorflow-cpu", "2.20.0"), one("keras", "3.11.0")))
    assert outcome.fix[0].edit == Edit(require=("tensorflow==2.20.0", "tf-keras==2.20.*"), drop=("tensorflow-cpu",))
    (outcome,) = found(keras_variables.RULE, asked, environment(one("tf-nightly", "2.22.0.dev20260801"), one("keras", "3.11.0")))
    assert outcome.fix[0].edit == Edit(require=("tf-keras-nightly",))


def test_a_backend_of_keras_that_is_not_installed() -> None:
    (outcome,) = found(keras_variables.RULE, with_variables(KERAS_BACKEND="jax"), TENSORFLOW)
    assert outcome.cause == "keras-backend-not-installed"
    assert variables_of(outcome) == [{"KERAS_BACKEND": "tensorflow"}]
    assert found(keras_variables.RULE, with_variables(KERAS_BACKEND="theano"), TENSORFLOW)
    assert not found(keras_variables.RULE, with_variables(KERAS_BACKEND="tensorflow"), TENSORFLOW)
    assert not found(keras_variables.RULE, with_variables(KERAS_BACKEND="theano"), environment(one("keras", "2.15.0")))
    assert "unknown" in states(keras_variables.RULE, with_variables(KERAS_BACKEND="jax"), environment(*TENSORFLOW.installed, inherits=True))


# jax-platforms-hides-gpu, jax-platform-not-there


def test_jax_kept_from_the_gpu() -> None:
    (outcome,) = found(jax_platforms.RULE, with_variables(JAX_PLATFORMS="cpu"), JAX_CUDA)
    assert (outcome.cause, outcome.severity, variables_of(outcome)) == ("jax-platforms-hides-gpu", "warning", [{"JAX_PLATFORMS": None}])


@pytest.mark.parametrize("value", ["gpu", "rocm"])
def test_platforms_that_stop_jax(value: str) -> None:
    (outcome,) = found(jax_platforms.RULE, with_variables(JAX_PLATFORMS=value), JAX_CUDA)
    assert (outcome.cause, outcome.severity, variables_of(outcome)[0]) == ("jax-platform-not-there", "error", {"JAX_PLATFORMS": "cuda"})


def test_every_gpu_asked_for_where_no_plugin_is_has_one_way_out() -> None:
    (outcome,) = found(jax_platforms.RULE, with_variables(JAX_PLATFORMS="gpu"), environment(*JAX[:2], builds=[jaxlib_built(None)]))
    assert variables_of(outcome) == [{"JAX_PLATFORMS": None}]


def test_cuda_asked_for_without_its_plugin() -> None:
    without = environment(*JAX[:2], builds=[jaxlib_built(None)])
    (outcome,) = found(jax_platforms.RULE, with_variables(JAX_PLATFORMS="cuda,cpu"), without)
    assert outcome.cause == "jax-platform-not-there"
    inherited = environment(*JAX[:2], builds=[jaxlib_built(None)], inherits=True)
    assert states(jax_platforms.RULE, with_variables(JAX_PLATFORMS="cuda"), inherited) == ["unknown"]


def test_platforms_that_fit_are_silent() -> None:
    for value in ("cuda", "cuda,cpu", ""):
        assert states(jax_platforms.RULE, with_variables(JAX_PLATFORMS=value), JAX_CUDA) == ["clear"]
    assert states(jax_platforms.RULE, with_variables(JAX_PLATFORM_NAME="gpu"), JAX_CUDA) == ["clear"]
    assert states(jax_platforms.RULE, with_variables(JAX_PLATFORMS="cpu"), environment(*JAX, accelerator="cpu")) == ["clear"]
    assert states(jax_platforms.RULE, with_variables(JAX_PLATFORMS="cpu"), environment(*JAX[:2], builds=[jaxlib_built(None)])) == ["clear"]


# variable-value-refused


@pytest.mark.parametrize(
    ("name", "value", "severity", "better"),
    [
        ("XLA_PYTHON_CLIENT_MEM_FRACTION", "90%", "error", ".90"),
        ("XLA_PYTHON_CLIENT_MEM_FRACTION", "half", "error", None),
        ("XLA_PYTHON_CLIENT_MEM_FRACTION", "90", "warning", ".90"),
        ("XLA_CLIENT_MEM_FRACTION", "0", "warning", ".75"),
        ("XLA_PYTHON_CLIENT_PREALLOCATE", "FALSE", "warning", "false"),
        ("XLA_PYTHON_CLIENT_ALLOCATOR", "platfrom", "error", "platform"),
        ("TF_FORCE_GPU_ALLOW_GROWTH", "True", "warning", "true"),
        ("TF_FORCE_GPU_ALLOW_GROWTH", "1", "warning", "true"),
        ("PYTORCH_CUDA_ALLOC_CONF", "max_split_size:128", "error", "max_split_size_mb:128"),
        ("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:true", "error", "expandable_segments:True"),
        ("PYTORCH_CUDA_ALLOC_CONF", "max_split_size_mb", "error", None),
    ],
)
def test_values_that_are_refused_or_ignored(name: str, value: str, severity: str, better: str | None) -> None:
    everything = environment(one("jax", "0.9.0"), one("torch", "2.10.0"), one("tensorflow", "2.20.0"))
    (outcome,) = found(variable_values.RULE, with_variables(**{name: value}), everything)
    assert (outcome.severity, outcome.about) == (severity, name)
    assert variables_of(outcome) == [*([{name: better}] if better else []), {name: None}]
    assert not found(variable_values.RULE, with_variables(**{name: value})), "nobody reads it"


def test_values_that_are_understood_are_silent_and_new_options_unknown() -> None:
    everything = environment(one("jax", "0.9.0"), one("torch", "2.10.0"), one("tensorflow", "2.20.0"))
    good = with_variables(
        XLA_PYTHON_CLIENT_MEM_FRACTION=".85", XLA_PYTHON_CLIENT_PREALLOCATE="false", XLA_PYTHON_CLIENT_ALLOCATOR="platform",
        TF_FORCE_GPU_ALLOW_GROWTH="true", PYTORCH_CUDA_ALLOC_CONF="roundup_power2_divisions:[256:1,512:2,>:4],expandable_segments:True,backend:native",
    )  # fmt: skip
    assert states(variable_values.RULE, good, everything) == ["clear"]
    assert states(variable_values.RULE, with_variables(XLA_PYTHON_CLIENT_MEM_FRACTION="1.5", TF_FORCE_UNIFIED_MEMORY="1"), everything) == ["clear"]
    assert states(variable_values.RULE, with_variables(PYTORCH_ALLOC_CONF="wholly_new_thing:1"), everything) == ["unknown"]
    assert states(variable_values.RULE, machine(described=True)) == ["unknown"]


# pythonpath-shadows-env, local-file-shadows-package

ROS = "/opt/ros/humble/lib/python3.10/site-packages"
NUMPY = environment(one("numpy", "2.2.0"), one("protobuf", "6.30.0"))


def test_another_version_on_pythonpath() -> None:
    around = with_variables(
        PYTHONPATH="/srv/old:/srv/mine", folders=[folder("PYTHONPATH", "/srv/old", "numpy", "numpy-1.21.5.dist-info"), folder("PYTHONPATH", "/srv/mine")]
    )
    (outcome,) = found(python_path.RULE, around, NUMPY)
    assert (outcome.about, outcome.severity, variables_of(outcome)) == ("numpy", "error", [{"PYTHONPATH": "/srv/mine"}])
    assert "1.21.5" in outcome.says
    assert "2.2.0" in outcome.says


def test_packages_for_another_python() -> None:
    around = with_variables(PYTHONPATH=ROS, folders=[folder("PYTHONPATH", ROS, "numpy")])
    (outcome,) = found(python_path.RULE, around, environment())
    assert "3.10" in outcome.says
    same = with_variables(PYTHONPATH=ROS, folders=[folder("PYTHONPATH", ROS, "numpy", "numpy-2.2.0.dist-info")])
    assert states(python_path.RULE, same, environment(one("numpy", "2.2.0"), python="3.10.12")) == ["clear"]


def test_the_user_site_on_pythonpath_has_a_cause_of_its_own() -> None:
    path = "/home/kim/.local/lib/python3.11/site-packages"
    (outcome,) = found(python_path.RULE, with_variables(PYTHONPATH=path, folders=[folder("PYTHONPATH", path, "numpy", "numpy-1.26.4.dist-info")]), NUMPY)
    assert (outcome.cause, outcome.severity) == ("user-site-shadows-env", "error")


def test_a_file_of_ones_own_on_pythonpath() -> None:
    (outcome,) = found(python_path.RULE, with_variables(PYTHONPATH="/srv/mine", folders=[folder("PYTHONPATH", "/srv/mine", "numpy.py")]), NUMPY)
    assert (outcome.cause, outcome.severity) == ("local-file-shadows-package", "error")


def test_a_checkout_without_a_version_is_a_warning() -> None:
    (outcome,) = found(
        python_path.RULE,
        with_variables(PYTHONPATH="/src/pytorch", folders=[folder("PYTHONPATH", "/src/pytorch", "torch")]),
        environment(one("torch", "2.10.0")),
    )
    assert outcome.severity == "warning"


def test_folders_without_packages_and_the_environments_own_are_silent_and_unseen_ones_unknown() -> None:
    for holds in ((), ("google",), ("scipy",)):
        assert states(python_path.RULE, with_variables(PYTHONPATH="/srv/mine", folders=[folder("PYTHONPATH", "/srv/mine", *holds)]), NUMPY) == ["clear"]
    own = [folder("PYTHONPATH", "/env/lib/python3.11/site-packages", "numpy")]
    assert states(python_path.RULE, with_variables(PYTHONPATH="/env/lib/python3.11/site-packages", folders=own), NUMPY) == ["clear"]
    assert states(python_path.RULE, with_variables(PYTHONPATH="/srv/mine"), NUMPY) == ["unknown"]


def test_a_file_at_hand_that_bears_a_packages_name() -> None:
    here = with_variables(folders=[folder("", "/home/kim/project", "numpy.py", "torch")])
    (outcome,) = found(python_path.RULE, here, NUMPY)
    assert (outcome.cause, outcome.severity, outcome.evidence[0].path) == ("local-file-shadows-package", "warning", "/home/kim/project/numpy.py")
    assert not found(python_path.RULE, here, environment())


# xla-flag-unknown


def test_a_flag_that_this_jaxlib_no_longer_knows() -> None:
    flags = "--xla_gpu_enable_async_collectives=true --xla_gpu_autotune_level=2"
    (outcome,) = found(xla_flags.RULE, with_variables(XLA_FLAGS=flags), JAX_CUDA)
    assert "0.4.26" in outcome.says
    assert variables_of(outcome) == [{"XLA_FLAGS": "--xla_gpu_autotune_level=2"}]


def test_a_mistyped_flag() -> None:
    (outcome,) = found(xla_flags.RULE, with_variables(XLA_FLAGS="--xla_gpu_autotune_levl=2"), JAX_CUDA)
    assert variables_of(outcome) == [{"XLA_FLAGS": "--xla_gpu_autotune_level=2"}, {"XLA_FLAGS": None}]


def test_flags_that_are_known_are_silent_and_those_of_an_unread_jaxlib_unknown() -> None:
    known = with_variables(XLA_FLAGS="--xla_gpu_cuda_data_dir=/usr/local/cuda --xla_force_host_platform_device_count=8")
    assert states(xla_flags.RULE, known, JAX_CUDA) == ["clear"]
    gone = with_variables(XLA_FLAGS="--xla_gpu_enable_async_collectives=true")
    assert states(xla_flags.RULE, gone, environment(one("jaxlib", "0.4.20"))) == ["clear"]
    assert states(xla_flags.RULE, gone, environment(one("jaxlib", "99.0"))) == ["unknown"]
    assert states(xla_flags.RULE, gone, environment(one("jaxlib", "0.3.0"))) == ["unknown"]
    assert states(xla_flags.RULE, gone, environment(one("torch", "2.10.0"))) == ["clear"]


def test_what_lies_in_variables_alone_is_told_from_what_packages_mend() -> None:
    (hidden,) = found(visible_devices.RULE, with_variables(CUDA_VISIBLE_DEVICES="7"))
    assert hidden.is_outside
    (backend,) = found(keras_variables.RULE, with_variables(KERAS_BACKEND="jax"), TENSORFLOW)
    assert not backend.is_outside, "installing the backend mends it too"
