"""The pages on containers, clusters, NCCL, Jetson boards, Windows and macOS: each kind of line gets its cause, and its neighbours do not."""

# A line of a log is as long as the program prints it.
# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Mapping

import pytest
from causes_told import causes, first_cause

HOOK = "Error response from daemon: failed to create task for container: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'"
ML = "nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared object file: no such file or directory: unknown"
DRIVERLESS = 'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].'
GONE = "cannot open shared object file: No such file or directory"
LIBCUDA = f"./serve: error while loading shared libraries: libcuda.so.1: {GONE}"
NVML = "Failed to initialize NVML: Unknown Error"
MISMATCH = "Failed to initialize NVML: Driver/library version mismatch"
PENDING = "0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient nvidia.com/gpu."
NCCL = "gpu7:4123:4190 [1]"
LOADING = 'Error loading "D:\\work\\venv\\Lib\\site-packages\\torch\\lib\\'
LONG = (
    "C:\\\\Users\\\\somebody\\\\AppData\\\\Local\\\\Packages\\\\PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0\\\\"
    + "deeply\\\\nested\\\\" * 12
    + "header.h"
)
IN = {"os": "linux", "container": "docker"}
LINUX, WINDOWS, MAC = {"os": "linux"}, {"os": "windows"}, {"os": "macos"}

Told = tuple[str, str, Mapping[str, str]]

SPOKEN: tuple[Told, ...] = (
    # Docker has no NVIDIA runtime, or another Docker answers.
    ("nvidia-container-toolkit-missing", DRIVERLESS, LINUX),
    (
        "nvidia-container-toolkit-missing",
        'Error response from daemon: could not select device driver "nvidia" with capabilities: [[compute utility]] [[gpu]]',
        {},
    ),
    ("nvidia-container-toolkit-missing", "docker: Error response from daemon: Unknown runtime specified nvidia.", LINUX),
    ("nvidia-container-toolkit-missing", "Error response from daemon: unknown or invalid runtime name: nvidia", LINUX),
    (
        "nvidia-container-toolkit-missing",
        'OCI runtime create failed: exec: "nvidia-container-runtime-hook": executable file not found in $PATH: unknown',
        LINUX,
    ),
    ("nvidia-container-toolkit-missing", "Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all", {"install_method": "podman"}),
    ("nvidia-container-toolkit-missing", "Error: stat nvidia.com/gpu=0: no such file or directory", {"install_method": "podman"}),
    ("nvidia-container-toolkit-missing", f"{HOOK}\nnvidia-container-cli: container error: cgroup subsystem devices not found: unknown.", LINUX),
    ("nvidia-container-toolkit-missing", "docker: Error response from daemon: failed to discover GPU vendor from CDI: no known GPU vendor found", LINUX),
    (
        "nvidia-container-toolkit-missing",
        "Error: crun: cannot stat `/lib64/libnvidia-glcore.so.555.42.02`: No such file or directory: OCI runtime attempted to invoke a command that was not found",
        {**LINUX, "install_method": "podman"},
    ),
    (
        "nvidia-container-toolkit-missing",
        'Error: setting up CDI devices: failed to inject devices: failed to stat CDI host device "/dev/dri/renderD130": no such file or directory',
        LINUX,
    ),
    (
        "nccl-wrong-network-interface",
        "[gpu12][[5121,1],3][btl_tcp_endpoint.c:625:mca_btl_tcp_endpoint_recv_connect_ack] connect() to 172.18.0.1 failed: Connection refused (111)",
        {},
    ),
    (
        "shared-memory-too-small",
        "ValueError: The configured object store size (12.5 GB) exceeds /dev/shm size (0.067108864 GB). This will harm performance.",
        {"framework": "ray"},
    ),
    ("nccl-p2p-broken-by-iommu-acs", "Verification error @ element 3: val = 0.000000, ref = 12.000000", LINUX),
    ("macos-version-too-old", "ImportError: Only macOS 13.5 and newer are supported, not 12.7", MAC),
    ("macos-version-too-old", "        x/libomp.dylib: cannot load 'libomp.dylib' (load command 0x80000034 is unknown)", MAC),
    # Windows promised more memory than it has.
    (
        "windows-paging-file-too-small",
        'OSError: [WinError 1455] The paging file is too small for this operation to complete. Error loading "E:\\env\\lib\\site-packages\\torch\\lib\\shm.dll" or one of its dependencies.',
        WINDOWS,
    ),
    (
        "windows-paging-file-too-small",
        "ImportError: DLL load failed while importing _pywrap_tf2: 页面文件太小，无法完成操作。",
        {**WINDOWS, "framework": "tensorflow"},
    ),
    ("docker-installed-as-snap", DRIVERLESS, {**LINUX, "docker": "snap"}),
    ("docker-installed-as-snap", f"{HOOK}\n{ML}", {**LINUX, "install_method": "docker (snap)"}),
    ("docker-installed-as-snap", f"$ docker info\n Docker Root Dir: /var/snap/docker/common/var-lib-docker\n{HOOK}\n{ML}", LINUX),
    ("docker-context-without-host-driver", f"{HOOK}\n{ML}", {**LINUX, "with_sudo": "works"}),
    ("docker-context-without-host-driver", f"[+] Building 2.1s (9/9) FINISHED    docker:desktop-linux\n{HOOK}\n{ML}", LINUX),
    (
        "docker-context-without-host-driver",
        f"{HOOK}\nnvidia-container-cli: mount error: failed to add device rules: unable to find any existing device filters attached to the cgroup: bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted",
        LINUX,
    ),
    # The container has no GPU, not all of it, or lost it.
    (
        "container-without-gpu",
        "2024-05-01 08:00:01.1: I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:156] kernel driver does not appear to be running on this host (3f9c1b0a7d52): /proc/driver/nvidia/version does not exist",
        {},
    ),
    ("container-without-gpu", "Step 9/14 : RUN python3 warm_up.py\n ---> Running in 5be3a9c1d204\nRuntimeError: Found no NVIDIA driver on your system.", LINUX),
    ("container-without-gpu", "#14 [6/9] RUN make\n#14 3.271 ImportError: libcuda.so.1: cannot open shared object file: No such file or directory", {}),
    ("container-without-gpu", "failed call to cuInit: UNKNOWN ERROR (303)", {**IN, "framework": "tensorflow"}),
    ("container-without-gpu", "WARNING: The NVIDIA Driver was not detected.  GPU functionality will not be available.", {}),
    (
        "container-without-gpu",
        "RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver",
        {**IN, "framework": "torch"},
    ),
    ("container-without-gpu", 'unable to start container process: exec: "nvidia-smi": executable file not found in $PATH: unknown.', LINUX),
    ("container-without-gpu", "ImportError: /usr/lib/x86_64-linux-gnu/libcuda.so.1: file too short", LINUX),
    ("container-without-gpu", LIBCUDA, {**IN, "install_method": "docker compose"}),
    ("container-driver-lib-not-on-loader-path", LIBCUDA, {**IN, "command": "docker run --gpus all"}),
    ("container-driver-lib-not-on-loader-path", f"$ docker run --gpus all ours/serve\n{LIBCUDA}", IN),
    ("container-lost-gpu-cgroup", NVML, IN),
    ("container-lost-gpu-cgroup", NVML, {**IN, "trigger": "systemctl daemon-reload"}),
    ("driver-libs-installed-inside-container", MISMATCH, {**IN, "host_nvidia_smi": "ok"}),
    (
        "driver-libs-installed-inside-container",
        f"{HOOK}\nnvidia-container-cli: mount error: file creation failed: /var/lib/docker/overlay2/0a1b2c/merged/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1: file exists: unknown",
        LINUX,
    ),
    (
        "container-cuda-compat-mismatch",
        "Unexpected error from cudaGetDeviceCount(). Error 803: system has unsupported display driver / cuda driver combination",
        {**IN, "framework": "torch"},
    ),
    (
        "container-cuda-compat-mismatch",
        "kernel version 470.57.2 does not match DSO version 515.65.1 -- cannot find working devices in this configuration",
        {**IN, "framework": "tensorflow"},
    ),
    ("container-cuda-requirement-check", "nvidia-container-cli: requirement error: unsatisfied condition: brand=tesla", LINUX),
    (
        "container-cuda-requirement-check",
        "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=11.8, please update your driver",
        {**LINUX, "driver_cuda": "12.2"},
    ),
    # Kubernetes.
    ("k8s-nvidia-runtime-not-default", f"Warning  FailedScheduling  default-scheduler  {PENDING}", {}),
    ("k8s-nvidia-runtime-not-default", "E1127 10:00:00.1 1 factory.go:113] If this is a GPU node, did you configure the NVIDIA Container Toolkit?", {}),
    (
        "k8s-nvidia-runtime-not-default",
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "nvidia" is configured',
        {},
    ),
    ("k8s-gpus-already-allocated", f"{PENDING}\nCapacity:\n  nvidia.com/gpu:     8\nAllocated resources:\n  nvidia.com/gpu     8           8", {}),
    (
        "k8s-gpus-already-allocated",
        "Allocate failed due to requested number of devices unavailable for nvidia.com/gpu. Requested: 2, Available: 0, which is unexpected",
        {},
    ),
    # NCCL.
    (
        "shared-memory-too-small",
        "RuntimeError: DataLoader worker (pid 811) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.",
        {"framework": "torch"},
    ),
    (
        "shared-memory-too-small",
        "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).",
        {"framework": "torch"},
    ),
    ("shared-memory-too-small", "RuntimeError: unable to write to file </torch_811_2907710542_3>", {"framework": "torch"}),
    ("shared-memory-too-small", f"{NCCL} include/shm.h:28 NCCL WARN Call to posix_fallocate failed : No space left on device", {}),
    (
        "shared-memory-too-small",
        f"{NCCL} misc/shmutils.cc:88 NCCL WARN Error: failed to extend /dev/shm/nccl-aB3dEf to 9637892 bytes, error: No space left on device (28)",
        {},
    ),
    (
        "nccl-shm-permission-denied",
        f"{NCCL} include/shm.h:27 NCCL WARN Call to shm_open failed : Permission denied\n{NCCL} include/shm.h:48 NCCL WARN Error while creating shared memory segment nccl-shm-recv-12ab-0-1 (size 4460544)",
        {},
    ),
    ("nccl-shm-permission-denied", f"{NCCL} NCCL WARN Error: failed to create shared memory file /dev/shm/nccl-aB3dEf, error Permission denied (13)", {}),
    (
        "nccl-two-ranks-on-one-gpu",
        "ncclInvalidUsage: This usually reflects invalid usage of NCCL library.\nLast error:\nDuplicate GPU detected : rank 3 and rank 0 both on CUDA device 1a000",
        {"framework": "torch"},
    ),
    ("nccl-wrong-network-interface", f"{NCCL} bootstrap.cc:46 NCCL WARN Bootstrap : no socket interface found", {}),
    (
        "nccl-wrong-network-interface",
        f"{NCCL} NCCL INFO Bootstrap : Using docker0:172.17.0.1<0>\n{NCCL} misc/socket.cc:483 NCCL WARN socketStartConnect: Connect to 172.17.0.1<43211> failed : Connection refused",
        {},
    ),
    (
        "nccl-wrong-network-interface",
        "RuntimeError: [enforce fail at ../third_party/gloo/gloo/transport/tcp/device.cc:84] ifa != nullptr. Unable to find address for: ib7",
        {"framework": "torch"},
    ),
    ("nccl-wrong-network-interface", f"{NCCL} include/socket.h:390 NCCL WARN Net : Socket creation failed : Address family not supported by protocol", {}),
    ("nccl-wrong-address-family", f"{NCCL} include/socket.h:403 NCCL WARN Connect to fe80::42:acff:fe11:2%veth2a<40011> failed : Connection timed out", {}),
    (
        "nccl-p2p-broken-by-iommu-acs",
        "Both cards sit at 100 % and DDP training is stuck in the first all_reduce; it works with NCCL_P2P_DISABLE=1, then it works fine",
        {},
    ),
    ("nccl-p2p-broken-by-iommu-acs", 'init.cc:179 NCCL WARN Missing "iommu=pt" from kernel command line which can lead to system instablity or hang!', {}),
    # Jetson boards.
    (
        "generic-wheel-on-jetson",
        "AssertionError: Torch not compiled with CUDA enabled",
        {**LINUX, "framework": "torch", "gpu": "Jetson AGX Orin", "jetpack": "5.1.2"},
    ),
    ("wheel-for-other-jetpack", f"OSError: libcurand.so.10: {GONE}", {**LINUX, "framework": "torch", "jetpack": "6.0"}),
    (
        "wheel-for-other-jetpack",
        f"# R35 (release), REVISION: 4.1, GCID: 33958178, BOARD: t186ref\nImportError: libcublas.so.12: {GONE}",
        {"framework": "torch"},
    ),
    # Windows.
    (
        "msvc-runtime-missing",
        "ImportError: Could not find the DLL(s) 'msvcp140_1.dll'. TensorFlow requires that these DLLs be installed in a directory",
        {**WINDOWS, "framework": "tensorflow"},
    ),
    (
        "msvc-runtime-missing",
        f'OSError: [WinError 126] The specified module could not be found. {LOADING}c10.dll" or one of its dependencies.',
        {**WINDOWS, "framework": "torch"},
    ),
    (
        "msvc-runtime-missing",
        f'OSError: [WinError 1114] 动态链接库(DLL)初始化例程失败。 {LOADING}c10.dll" or one of its dependencies.',
        {**WINDOWS, "framework": "torch"},
    ),
    (
        "msvc-runtime-missing",
        "ImportError: DLL load failed while importing xla_extension: The specified module could not be found.",
        {**WINDOWS, "framework": "jax"},
    ),
    (
        "msvc-runtime-missing",
        "ImportError: DLL load failed while importing onnxruntime_pybind11_state: A dynamic link library (DLL) initialization routine failed.",
        WINDOWS,
    ),
    ("msvc-runtime-missing", "由于找不到 VCRUNTIME140_1.dll，无法继续执行代码。重新安装程序可能会解决此问题。", WINDOWS),
    (
        "missing-libomp140-dll",
        f'OSError: [WinError 126] Das angegebene Modul wurde nicht gefunden. {LOADING}fbgemm.dll" or one of its dependencies.',
        {**WINDOWS, "framework": "torch"},
    ),
    (
        "torch-release-windows-dll-regression",
        f'OSError: [WinError 1114] {LOADING}c10.dll" or one of its dependencies.',
        {**WINDOWS, "framework": "torch", "framework_version": "2.9.0+cpu", "vc_redist": "installed"},
    ),
    (
        "torch-release-windows-dll-regression",
        f'OSError: [WinError 126] The specified module could not be found. {LOADING}shm.dll" or one of its dependencies.',
        {**WINDOWS, "framework": "torch", "framework_version": "2.3.0"},
    ),
    (
        "triton-not-available-on-windows",
        "RuntimeError: Cannot find a working triton installation. More information on installing Triton can be found at https://github.com/openai/triton",
        WINDOWS,
    ),
    (
        "triton-not-available-on-windows",
        "ERROR: Could not find a version that satisfies the requirement triton==2.1.0 (from versions: none)\nERROR: No matching distribution found for triton==2.1.0",
        WINDOWS,
    ),
    ("windows-long-path-limit", "HINT: This error might have occurred since this system does not have Windows Long Path support enabled.", WINDOWS),
    ("windows-long-path-limit", f"ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: '{LONG}'", WINDOWS),
    ("windows-long-path-limit", "error: failed to extract: 文件名或扩展名太长。 (os error 206)", WINDOWS),
    ("windows-long-path-limit", "ninja: error: Stat(C:/src/x.cpp.obj): Filename longer than 260 characters", WINDOWS),
    # macOS.
    (
        "macos-version-too-old",
        "Symbol not found: _cblas_cgemm$NEWLAPACK\n  Referenced from: libmlx.dylib (built for macOS 13.5 which is newer than running OS)",
        MAC,
    ),
    (
        "macos-version-too-old",
        "RuntimeError: The MPS backend is supported on MacOS 14.0+. Current OS version can be queried using `sw_vers`",
        {**MAC, "framework": "torch"},
    ),
    (
        "macos-version-too-old",
        "Symbol not found: _OBJC_CLASS_$_MPSGraphCompilationDescriptor\n  Referenced from: libmetal_plugin.dylib (which was built for Mac OS X 12.0)",
        MAC,
    ),
)

SILENT: tuple[Told, ...] = (
    ("windows-paging-file-too-small", "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", WINDOWS),
    ("windows-paging-file-too-small", "RuntimeError: [enforce fail at alloc_cpu.cpp:83] DefaultCPUAllocator: not enough memory", {"os": "wsl2"}),
    (
        "nvidia-container-toolkit-missing",
        "nvidia-container-cli: mount error: open failed: /usr/lib/libnvidia-ml.so.550.54.14: no such file or directory",
        LINUX,
    ),
    # A neighbour's facts or wording: the cause named does not come first.
    ("container-without-gpu", LIBCUDA, {**LINUX, "container": "no"}),
    ("container-without-gpu", LIBCUDA, {"os": "wsl2", "container": "no"}),
    ("container-lost-gpu-cgroup", MISMATCH, IN),
    ("driver-libs-installed-inside-container", MISMATCH, {**LINUX, "container": "no"}),
    ("container-cuda-requirement-check", "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4", {**LINUX, "driver_cuda": "11.4"}),
    ("container-cuda-requirement-check", "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=10.0", LINUX),
    ("docker-installed-as-snap", DRIVERLESS, {"os": "linux", "distro": "Fedora 40"}),
    ("docker-context-without-host-driver", DRIVERLESS, LINUX),
    ("container-cuda-compat-mismatch", "Error 804: forward compatibility was attempted on non supported HW", IN),
    (
        "container-cuda-compat-mismatch",
        "NOTE: CUDA Forward Compatibility mode ENABLED.\n  Using CUDA 12.4 driver version 550.54.14 with kernel driver version 535.161.08.",
        IN,
    ),
    ("shared-memory-too-small", "RuntimeError: DataLoader worker (pid 811) is killed by signal: Killed.", {"framework": "torch"}),
    ("shared-memory-too-small", "OSError: [Errno 28] No space left on device: '/data/checkpoints/step_100.pt'", {"framework": "torch"}),
    (
        "shared-memory-too-small",
        "NOTE: The SHMEM allocation limit is set to the default of 64MB.  This may be\n   insufficient for PyTorch.  NVIDIA recommends the use of the following flags:",
        IN,
    ),
    ("nccl-wrong-address-family", f"{NCCL} NCCL INFO NET/Socket : Using [0]eno1:10.0.0.4<0> [1]veth25f2e72:fe80::380d:bfff:fe5b:54d2%veth25f2e72<0>", {}),
    ("nccl-wrong-network-interface", f"{NCCL} NCCL INFO Bootstrap : Using eno1:10.0.0.4<0>", {}),
    ("nccl-p2p-broken-by-iommu-acs", "gpu7:1:1 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM", {}),
    ("k8s-nvidia-runtime-not-default", f"{PENDING}\n  nvidia.com/gpu     4           4", {}),
    ("generic-wheel-on-jetson", "AssertionError: Torch not compiled with CUDA enabled", {**LINUX, "framework": "torch", "framework_version": "2.3.0+cpu"}),
    ("wheel-for-other-jetpack", f"ImportError: libcublas.so.12: {GONE}", {**LINUX, "framework": "torch"}),
    (
        "msvc-runtime-missing",
        f'OSError: [WinError 126] The specified module could not be found. {LOADING}fbgemm.dll" or one of its dependencies.',
        {**WINDOWS, "framework": "torch"},
    ),
    ("msvc-runtime-missing", "Could not load dynamic library 'cudart64_110.dll'; dlerror: cudart64_110.dll not found", {**WINDOWS, "framework": "tensorflow"}),
    ("triton-not-available-on-windows", "ModuleNotFoundError: No module named 'triton'", LINUX),
    (
        "triton-not-available-on-windows",
        "A matching Triton is not available, some optimizations will not be enabled\nError caught was: No module named 'triton'",
        WINDOWS,
    ),
    ("windows-long-path-limit", "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'", WINDOWS),
    ("macos-version-too-old", "Symbol not found: _TF_AssignUpdateVariable\n  Referenced from: libmetal_plugin.dylib", MAC),
)


@pytest.mark.parametrize(("cause", "log", "facts"), SPOKEN, ids=[f"{number}-{cause}" for number, (cause, _, _) in enumerate(SPOKEN)])
def test_what_programs_print_gets_its_cause(cause: str, log: str, facts: Mapping[str, str]) -> None:
    told = causes(log, facts)
    assert told[:1] == [cause], told


@pytest.mark.parametrize(("cause", "log", "facts"), SILENT, ids=[f"{number}-{cause}" for number, (cause, _, _) in enumerate(SILENT)])
def test_a_neighbour_s_line_is_not_taken_for_it(cause: str, log: str, facts: Mapping[str, str]) -> None:
    assert first_cause(log, facts) != cause
