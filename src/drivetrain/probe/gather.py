# ruff: noqa: PTH100, PTH109, PTH110, PTH111, PTH112, PTH113, PTH115, PTH118, PTH119, PTH120, PTH123, PTH208, SIM905, UP035
"""Gathers raw readings of the machine that it runs on and prints them as one JSON document between two cookies.

One self-contained file for Python 3.6 and newer, standard library only but for `nvidia-ml-py`, which it uses where it can be imported: run in a subprocess
here, or sent over stdin to a host of a fleet (`python3 - '{"timeout_seconds": 2}' < gather.py`). It judges nothing; `drivetrain.probe` turns readings into a
Machine. What may hang or crash (NVML, libcuda, nvidia-smi) runs in a process of its own with a time-out; on a machine without any trace of NVIDIA none of them
is started and no binding imported. Annotations are strings, because what they name is newer than 3.6.
"""

import json
import os
import re
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Mapping

COOKIES = ("<<<drivetrain-readings", "drivetrain-readings>>>")
NVIDIA, AMD, INTEL = "10de", "1002", "8086"
SMI_FIELDS = "name,uuid,driver_version,compute_cap,memory.total,memory.used,utilization.gpu,pci.device_id,pci.bus_id"
CPU_FEATURES = "sse4_1 sse4_2 ssse3 avx avx2 fma f16c bmi2 avx512f avx512bw avx512vl avx512_vnni amx_tile neon asimd sve fphp asimdhp".split()
VARIABLES = re.compile(
    r"(LD_LIBRARY_PATH|LD_PRELOAD|DYLD_\w+|PYTHON(PATH|HOME|NOUSERSITE|USERBASE)|VIRTUAL_ENV|CONDA_(PREFIX|DEFAULT_ENV|OVERRIDE_\w+)|KERAS_BACKEND|KERAS_HOME"
    r"|(CUDA|CUDNN|NVIDIA|NCCL|NVTE|TF(?!_(?:CLI|VAR|DATA_DIR|LOG|INPUT|IN_AUTOMATION|PLUGIN|WORKSPACE))|XLA|JAX|TORCH|PYTORCH|TRITON|ROCR|HIP|HSA|PIP|UV)_\w+|OMP_NUM_THREADS|KMP_DUPLICATE_LIB_OK"
    r"|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE)"
)
SECRETS = re.compile(r"TOKEN|PASSWORD|SECRET|USERNAME|API_?KEY|CREDENTIAL|KEYRING")
LIBRARY_FOLDERS = (
    "/usr/lib/wsl/lib /usr/lib/x86_64-linux-gnu /usr/lib/aarch64-linux-gnu /usr/lib64 /usr/lib /usr/local/nvidia/lib64 /usr/local/nvidia/lib"
    " /usr/lib/x86_64-linux-gnu/nvidia/current /usr/lib/aarch64-linux-gnu/tegra /usr/lib/aarch64-linux-gnu/nvidia /run/opengl-driver/lib /usr/lib64/nvidia"
).split()
LIST_VARIABLES = "LD_LIBRARY_PATH PYTHONPATH".split()
FOLDER_VARIABLES = "CUDA_HOME CUDA_PATH CUDA_ROOT CUDA_TOOLKIT_ROOT_DIR CUDNN_PATH PYTHONHOME".split()
HELD = re.compile(
    r"lib(cuda|cudart|cudnn|cublas|nccl|stdc\+\+)\.so[\w.]*|(torch|torchvision|tensorflow|jax|jaxlib|keras|numpy|scipy|triton|google)(\.py)?"
    r"|(torch|tensorflow|jax|jaxlib|keras|numpy|scipy|triton|protobuf)-[\w.+!]+\.(dist|egg)-info|(msvcp140(_1)?|vcruntime140(_1)?|libomp140\.x86_64)\.dll",
    re.IGNORECASE,
)
TOOLS = "nvcc nvcc.exe bin/nvcc bin/nvcc.exe bin/ptxas bin/ptxas.exe nvvm/libdevice/libdevice.10.bc include/cuda.h".split()
CONDA_ROOTS = "~/miniconda3 ~/anaconda3 ~/miniforge3 ~/mambaforge ~/micromamba /opt/conda /opt/miniconda3 /opt/miniforge3 /opt/anaconda3".split()


class Host:
    """Where to look: everything below `root`, with these variables and this home, so that a test can lay out a machine in a folder."""

    def __init__(self, request: "Mapping[str, Any]") -> None:
        self.root = str(request.get("root", ""))
        self.environ = dict(request.get("environ") or os.environ)
        self.home = request.get("home") or os.path.expanduser("~")
        self.folder = request.get("folder") or os.getcwd()
        self.prefix = request.get("prefix") or sys.prefix
        self.seconds = float(request.get("timeout_seconds", 2.0))
        self.binding = str(request.get("binding") or "")
        self.family = request.get("family") or {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")

    def at(self, path: str) -> str:
        return self.root + path

    def text(self, path: str, limit: int = 1 << 20) -> "str | None":
        data = contents(self.at(path), limit)
        return None if data is None else data.decode("utf-8", "replace")

    def text_at(self, path: str) -> "str | None":
        """Gives the text of a path that a variable or the home names, without credentials."""
        data = contents(path)
        return None if data is None else without_credentials(data.decode("utf-8", "replace"))

    def names(self, folder: str) -> "list[str]":
        return names(self.at(folder))

    def exists(self, path: str) -> bool:
        return os.path.exists(self.at(path))

    def expanded(self, path: str) -> str:
        return self.home + path[1:] if path.startswith("~") else path


def contents(path: str, limit: int = 1 << 20) -> "bytes | None":
    try:
        with open(path, "rb") as file:
            return file.read(limit)
    except (OSError, ValueError):
        return None


def names(folder: str, start: str = "") -> "list[str]":
    try:
        return sorted(name for name in os.listdir(folder) if name.startswith(start))
    except OSError:
        return []


# What may hang or crash


class Child:
    """One source in a process of its own; its answer is a dictionary, with "error" when it failed and "timed_out" when it was killed."""

    def __init__(self, function: "Callable[..., dict[str, Any]]", *arguments: "Any") -> None:
        self.reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(writer)
            return
        try:
            quiet = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(quiet, descriptor)
            answer = json.dumps(guarded(function, *arguments)).encode()
            while answer:
                answer = answer[os.write(writer, answer) :]
        finally:
            os._exit(0)

    def answer(self, deadline: float) -> "dict[str, Any]":
        import select

        data = b""
        while True:
            ready, _, _ = select.select([self.reader], [], [], max(0.0, deadline - time.time()))
            if not ready:
                self.end()
                return {"error": "time-out", "timed_out": True}
            piece = os.read(self.reader, 65536)
            if not piece:
                break
            data += piece
        self.end()
        try:
            answer = json.loads(data.decode())
        except ValueError:
            return {"error": "crashed"}
        return answer if isinstance(answer, dict) else {"error": "crashed"}

    def end(self) -> None:
        """Never waits for a process that the kernel will not let go (a driver call that hangs cannot be killed)."""
        os.close(self.reader)
        try:
            os.kill(self.pid, 9)
            for _ in range(50):
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return
                time.sleep(0.002)
        except OSError:
            pass


class Program:
    """The same for systems without fork, where this file lies on disk and can be imported once more."""

    START = "import sys; sys.path.insert(0, sys.argv[1]); import gather; del sys.path[0]; gather.alone(*sys.argv[2:])"

    def __init__(self, function: "Callable[..., dict[str, Any]]", *arguments: str) -> None:
        import subprocess

        command = [sys.executable, "-I", "-S", "-c", self.START, os.path.dirname(os.path.abspath(__file__)), function.__name__]
        self.process = subprocess.Popen(command + list(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def answer(self, deadline: float) -> "dict[str, Any]":
        import subprocess

        try:
            told, _ = self.process.communicate(timeout=max(0.0, deadline - time.time()))
        except subprocess.TimeoutExpired:
            return ended(self.process)
        text = told.decode("utf-8", "replace").rpartition(COOKIES[0])[2].partition(COOKIES[1])[0]
        try:
            answer = json.loads(text)
        except ValueError:
            return {"error": "crashed"}
        return answer if isinstance(answer, dict) else {"error": "crashed"}


class Thread:
    """The same where neither is possible; what hangs is left behind when the process ends."""

    def __init__(self, function: "Callable[..., dict[str, Any]]", *arguments: "Any") -> None:
        import threading

        self.result = {}  # type: dict[str, Any]
        self.thread = threading.Thread(target=lambda: self.result.update(guarded(function, *arguments)))
        self.thread.daemon = True
        self.thread.start()

    def answer(self, deadline: float) -> "dict[str, Any]":
        self.thread.join(max(0.0, deadline - time.time()))
        return dict(self.result) if not self.thread.is_alive() else {"error": "time-out", "timed_out": True}


def guarded(function: "Callable[..., dict[str, Any]]", *arguments: "Any") -> "dict[str, Any]":
    try:
        return function(*arguments)
    except BaseException as error:
        return {"error": f"{type(error).__name__}: {error}"}


def apart(function: "Callable[..., dict[str, Any]]", *arguments: str) -> "Child | Program | Thread":
    if hasattr(os, "fork"):
        return Child(function, *arguments)
    return Program(function, *arguments) if os.path.isfile(globals().get("__file__", "")) else Thread(function, *arguments)


def alone(name: str, *arguments: str) -> None:
    """Prints the answer of one source, for `Program`."""
    answer = json.dumps(guarded({"nvml_answer": nvml_answer, "libcuda_answer": libcuda_answer}[name], *arguments))
    sys.stdout.write("\n" + COOKIES[0] + answer + COOKIES[1] + "\n")
    sys.stdout.flush()


def output(command: "list[str]", seconds: float, environ: "Mapping[str, str] | None" = None) -> "dict[str, Any]":
    """Runs a program with a time-out; a child of its own session, so that what it started dies with it."""
    import subprocess

    try:
        options = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x08000000}  # type: dict[str, Any]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=None if environ is None else dict(environ), **options
        )
    except OSError as error:
        return {"error": str(error)}
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return ended(process)
    answer = {"code": process.returncode, "out": out.decode("utf-8", "replace"), "err": err.decode("utf-8", "replace")}
    return answer


def ended(process: "Any") -> "dict[str, Any]":
    """Kills what took too long, with what it started where it has a session of its own, and waits no longer than a moment."""
    import subprocess

    try:
        if os.name == "posix" and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, 9)
        process.kill()
        process.wait(0.1)
    except (OSError, subprocess.TimeoutExpired):
        pass
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    return {"error": "time-out", "timed_out": True}


# NVIDIA


def nvidia(host: Host) -> "dict[str, Any]":
    """Asks NVML and libcuda at the same time, and nvidia-smi where NVML gave no answer; nothing where there is no trace of NVIDIA."""
    readings = nvidia_files(host)
    smi = program(host, "nvidia-smi")
    ml, cuda = (library_on_disk(host, name) for name in library_names(host))
    trace = ml or cuda or smi or readings["devices"] or readings["proc_version"] or readings["dxg"] or any(each["vendor"] == NVIDIA for each in readings["pci"])
    readings["libraries"] = {"nvml": ml, "libcuda": cuda}
    if not trace or host.family == "macos":
        return readings
    started = time.time()
    deadline = started + host.seconds
    asked = {"nvml": apart(nvml_answer, ml or library_names(host)[0], host.binding), "libcuda": apart(libcuda_answer, cuda or library_names(host)[1])}
    for name, child in asked.items():
        readings[name] = child.answer(deadline)
        readings[name]["seconds"] = round(time.time() - started, 3)
    if all(each.get("code") for each in readings["nvml"].get("gpus", [])):
        readings["module_built"] = module_built(host)
        if smi:
            readings["smi"] = smi_answer(smi, host)
    return readings


def nvidia_files(host: Host) -> "dict[str, Any]":
    devices = [name for name in host.names("/dev") if name.startswith("nvidia")]
    modules = [name for name in ("nvidia", "nvidia_uvm", "nouveau", "nova_core", "amdgpu", "i915", "xe") if host.exists("/sys/module/" + name)]
    information = [host.text("/proc/driver/nvidia/gpus/" + slot + "/information") for slot in host.names("/proc/driver/nvidia/gpus")]
    return {
        "proc_version": host.text("/proc/driver/nvidia/version"),
        "module_version": (host.text("/sys/module/nvidia/version") or "").strip() or None,
        "devices": devices,
        "dxg": host.exists("/dev/dxg"),
        "modules": modules,
        "information": [text for text in information if text],
        "wsl_libcuda": host.exists("/usr/lib/wsl/lib/libcuda.so.1"),
        "tegra": (host.text("/proc/device-tree/model") or "").strip("\0\n ") or None,
        "pci": pci_displays(host),
    }


def library_names(host: Host) -> "tuple[str, str]":
    return ("nvml.dll", "nvcuda.dll") if host.family == "windows" else ("libnvidia-ml.so.1", "libcuda.so.1")


def library_on_disk(host: Host, name: str) -> "str | None":
    """Finds where the loader would find it (LD_LIBRARY_PATH, ld.so.cache), or where drivers put it; a name without folder means: the loader knows it."""
    if host.family == "windows":
        system = host.environ.get("SystemRoot", "C:\\Windows") + "\\System32\\"
        folders = [system, host.environ.get("ProgramFiles", "C:\\Program Files") + "\\NVIDIA Corporation\\NVSMI\\"]
        return next((folder + name for folder in folders if os.path.exists(folder + name)), None)
    for folder in host.environ.get("LD_LIBRARY_PATH", "").split(":"):
        if folder and os.path.exists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    if name.encode() in (contents(host.at("/etc/ld.so.cache"), 1 << 24) or b""):
        return name
    return next((host.at(folder + "/" + name) for folder in LIBRARY_FOLDERS if host.exists(folder + "/" + name)), None)


def program(host: Host, name: str) -> "str | None":
    folders = host.environ.get("PATH", "").split(os.pathsep)
    if host.family == "windows":
        name += ".exe"
        folders.append(host.environ.get("ProgramFiles", "C:\\Program Files") + "\\NVIDIA Corporation\\NVSMI")
    else:
        folders.append(host.at("/usr/lib/wsl/lib"))
    paths = (os.path.join(folder, name) for folder in folders if folder)
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), None)


def module_built(host: Host) -> "bool | None":
    """Tells whether a kernel module of NVIDIA's lies on disk for the running kernel; None where the list cannot be read (inside a container)."""
    listed = contents(host.at("/lib/modules/" + kernel(host) + "/modules.dep"), 1 << 24)
    return None if listed is None else b"nvidia.ko" in listed or b"nvidia-current.ko" in listed


def pci_displays(host: Host) -> "list[dict[str, Any]]":
    found = []
    for slot in host.names("/sys/bus/pci/devices"):
        folder = "/sys/bus/pci/devices/" + slot + "/"
        if not (host.text(folder + "class", 16) or "").startswith("0x03"):
            continue
        vendor, device = ((host.text(folder + name, 16) or "").strip().replace("0x", "").lower() for name in ("vendor", "device"))
        try:
            driver = os.path.basename(os.readlink(host.at(folder + "driver")))  # type: str | None
        except OSError:
            driver = None
        found.append({"slot": slot, "vendor": vendor, "device": device, "driver": driver, "name": pci_name(host, vendor, device)})
    return found


def pci_name(host: Host, vendor: str, device: str) -> "str | None":
    """Names AMD's and Intel's GPUs by the list that pciutils keeps; NVIDIA's are named from drivetrain's own table."""
    if vendor not in (AMD, INTEL):
        return None
    for path in ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"):
        listed = host.text(path, 1 << 23) or ""
        start = listed.find("\n" + vendor + "  ")
        match = re.compile(r"\n(?:(?!\w).*\n)*?\t" + device + r"  (.*)").match(listed, listed.find("\n", start + 1)) if start >= 0 else None
        if match:
            return match.group(1).strip()
    return None


def nvml_answer(path: str, binding: str = "") -> "dict[str, Any]":
    """Reads NVML through NVIDIA's own binding (nvidia-ml-py, in the folder `binding` or wherever Python looks); an error where there is none."""
    import ctypes
    import warnings

    # By its path first: the binding asks the loader for the bare name, which may not know the folder (/usr/lib/wsl/lib), but knows what is loaded already.
    ctypes.CDLL(path)
    # Under that name other distributions and old versions exist, which warn on import.
    warnings.simplefilter("ignore")
    if binding:
        sys.path.append(binding)
    import pynvml  # type: ignore[import-untyped,unused-ignore]

    nvml = Nvml(pynvml)
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return {"error": str(error), "code": error.value, "path": path}
    answer = {"path": path, "driver": nvml.told("nvmlSystemGetDriverVersion")}
    answer["cuda"] = nvml.told("nvmlSystemGetCudaDriverVersion_v2") or nvml.told("nvmlSystemGetCudaDriverVersion")
    answer["gpus"] = [nvml_gpu(nvml, index) for index in range(nvml.told("nvmlDeviceGetCount") or 0)]
    nvml.told("nvmlShutdown")
    return answer


class Nvml:
    """NVIDIA's binding, asked so that one property that this driver or this binding lacks does not sink the rest."""

    def __init__(self, binding: "Any") -> None:
        self.binding = binding
        self.refusals = {}  # type: dict[int, str]

    def told(self, name: str, *arguments: "Any") -> "Any":
        """Gives what the function says, text for the bytes of an old binding; None, and a refusal by NVML's code (999, unknown), where it says nothing."""
        try:
            value = getattr(self.binding, name)(*arguments)
        except Exception as error:
            self.refusals[getattr(error, "value", 999)] = str(error)
            return None
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def nvml_gpu(nvml: Nvml, index: int) -> "dict[str, Any]":
    """Gives what NVML says of one GPU; its error code alone where it gives no handle, or has lost the GPU on the way (15)."""
    nvml.refusals.clear()
    handle = nvml.told("nvmlDeviceGetHandleByIndex", index)
    if handle is None:
        return {"code": next(iter(nvml.refusals)), "error": next(iter(nvml.refusals.values()))}
    # The second version leaves out what the driver reserves for itself, as nvidia-smi has done since 510.
    version = getattr(nvml.binding, "nvmlMemory_v2", None)
    memory = nvml.told("nvmlDeviceGetMemoryInfo", handle, version) or nvml.told("nvmlDeviceGetMemoryInfo", handle)
    rates, pci = nvml.told("nvmlDeviceGetUtilizationRates", handle), nvml.told("nvmlDeviceGetPciInfo", handle)
    capability = nvml.told("nvmlDeviceGetCudaComputeCapability", handle)
    gpu = {
        "name": nvml.told("nvmlDeviceGetName", handle),
        "uuid": nvml.told("nvmlDeviceGetUUID", handle),
        "capability": capability and list(capability),
        "memory": memory and [memory.total, memory.used],
        "utilization": rates and rates.gpu,
        "device": pci and f"{pci.pciDeviceId >> 16:04x}",
        "slot": pci and f"{pci.domain:04x}:{pci.bus:02x}:{pci.device:02x}.0",
    }
    return {"code": 15, "error": nvml.refusals[15]} if 15 in nvml.refusals else {key: value for key, value in gpu.items() if value is not None}


def libcuda_answer(path: str) -> "dict[str, Any]":
    """Asks the driver's own CUDA library, with the variables as they are: what CUDA_VISIBLE_DEVICES hides is missing here; source: CUDA driver API."""
    import ctypes

    library = ctypes.CDLL(path)
    number, text = ctypes.c_int(), ctypes.create_string_buffer(256)
    answer = {"path": path, "gpus": []}  # type: dict[str, Any]
    if not call(library, "cuDriverGetVersion", ctypes.byref(number)):
        answer["cuda"] = number.value
    answer["init"] = call(library, "cuInit", 0)
    if answer["init"] or call(library, "cuDeviceGetCount", ctypes.byref(number)):
        return answer
    for index in range(number.value):
        device, part, size = ctypes.c_int(), ctypes.c_int(), ctypes.c_size_t()
        gpu = {}  # type: dict[str, Any]
        if call(library, "cuDeviceGet", ctypes.byref(device), index):
            continue
        if not call(library, "cuDeviceGetName", text, 256, device):
            gpu["name"] = text.value.decode("utf-8", "replace")
        if not call(library, "cuDeviceTotalMem_v2", ctypes.byref(size), device):
            gpu["memory_total"] = size.value
        gpu["capability"] = [part.value for attribute in (75, 76) if not call(library, "cuDeviceGetAttribute", ctypes.byref(part), attribute, device)]
        if not call(library, "cuDeviceGetPCIBusId", text, 64, device):
            gpu["slot"] = text.value.decode().lower()
        answer["gpus"].append(gpu)
    return answer


def call(library: "Any", name: str, *arguments: "Any") -> int:
    """Calls a C function; 500 (CUDA_ERROR_NOT_FOUND) where this library has none of that name."""
    try:
        function = getattr(library, name)
    except AttributeError:
        return 500
    return int(function(*arguments))


def smi_answer(path: str, host: Host) -> "dict[str, Any]":
    """Asks nvidia-smi for named fields, again without each field that an old one does not know; its banner only when that fails."""
    fields, deadline = SMI_FIELDS.split(","), time.time() + host.seconds
    answer = {}  # type: dict[str, Any]
    while fields:
        answer = output([path, "--query-gpu=" + ",".join(fields), "--format=csv"], max(0.05, deadline - time.time()))
        refused = re.findall(r'[Ff]ield "([\w.]+)" is not a valid field', answer.get("out", "") + answer.get("err", ""))
        left = [field for field in fields if field not in refused]
        if len(left) == len(fields):
            break
        fields = left
    if answer.get("timed_out") or (answer.get("code") == 0 and "," in answer.get("out", "")):
        return answer
    banner = output([path], max(0.05, deadline - time.time()))
    answer["banner"] = banner.get("out", "") + banner.get("err", "")
    return answer


# The machine


def kernel(host: Host) -> str:
    told = host.text("/proc/sys/kernel/osrelease")
    return told.strip() if told else (os.uname().release if hasattr(os, "uname") else "")


def system(host: Host) -> "dict[str, Any]":
    readings = {"family": host.family, "machine": os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")}  # type: dict[str, Any]
    if host.family == "linux":
        release = kernel(host)
        readings.update(kernel=release, os_release=host.text("/etc/os-release") or host.text("/usr/lib/os-release"), container=container(host))
        readings.update(glibc=glibc(), musl=None if glibc() else musl(host))
        if "microsoft" in release.lower():
            readings["wsl"] = "2" if "wsl2" in release.lower() or "microsoft-standard" in release else "1"
    elif host.family == "windows":
        version = sys.getwindowsversion()  # type: ignore[attr-defined,unused-ignore]
        readings.update(kernel="{}.{}.{}".format(*version[:3]), windows=windows_name())
        readings["machine"] = os.environ.get("PROCESSOR_ARCHITEW6432") or readings["machine"]
    else:
        readings.update(kernel=os.uname().release, macos=macos_version(host))
        # An x86-64 Python under Rosetta calls an Apple chip x86_64.
        if readings["machine"] == "x86_64" and output(["/usr/sbin/sysctl", "-n", "hw.optional.arm64"], host.seconds).get("out", "").strip() == "1":
            readings.update(machine="arm64", translated=True)
    return readings


def glibc() -> "str | None":
    try:
        told = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError, AttributeError):
        return None
    return told.split()[-1] if told.startswith("glibc") else None


def musl(host: Host) -> "str | None":
    """Asks musl's loader, which says its version when it is run without a program."""
    for loader in sorted(each for each in host.names("/lib") if each.startswith("ld-musl-")):
        told = output([host.at("/lib/" + loader)], host.seconds)
        found = re.search(r"Version (\d+\.\d+)", told.get("err", "") + told.get("out", ""))
        if found:
            return found.group(1)
    return None


def container(host: Host) -> "str | None":
    """Names what this machine is a container of, by what container engines leave behind; None on a host."""
    if host.environ.get("KUBERNETES_SERVICE_HOST") or host.exists("/var/run/secrets/kubernetes.io"):
        return "kubernetes"
    if host.environ.get("APPTAINER_CONTAINER") or host.environ.get("SINGULARITY_CONTAINER"):
        return "apptainer"
    if host.exists("/run/.containerenv"):
        return "podman"
    if host.exists("/.dockerenv"):
        return "docker"
    told = (host.text("/run/systemd/container") or "").strip()
    started = re.search(r"(?:^|\0)container=([\w-]+)", host.text("/proc/1/environ") or "")
    if told or started:
        return told or (started.group(1) if started else None)
    groups = host.text("/proc/1/cgroup") or ""
    return next((name for mark, name in (("kubepods", "kubernetes"), ("docker", "docker"), ("libpod", "podman"), ("/lxc", "lxc")) if mark in groups), None)


def windows_name() -> "dict[str, str]":
    key = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
    return {name: str(registry_value("HKEY_LOCAL_MACHINE", key, name) or "") for name in ("ProductName", "DisplayVersion", "CurrentBuild")}


def macos_version(host: Host) -> "str | None":
    listed = host.text("/System/Library/CoreServices/SystemVersion.plist") or ""
    match = re.search(r"<key>ProductVersion</key>\s*<string>([\d.]+)", listed)
    return match.group(1) if match else None


def processor(host: Host) -> "dict[str, Any]":
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if host.family == "linux":
        listed = host.text("/proc/cpuinfo", 16384) or ""
        told = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in reversed(listed.splitlines()))}
        features = (told.get("flags") or told.get("Features") or "").lower().split()
        return {"model": told.get("model name") or told.get("Model") or "", "cores": cores, "features": [each for each in CPU_FEATURES if each in features]}
    if host.family == "windows":
        import ctypes

        present = ctypes.windll.kernel32.IsProcessorFeaturePresent  # type: ignore[attr-defined,unused-ignore]
        key = "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0"
        features = [name for number, name in ((36, "ssse3"), (37, "sse4_1"), (38, "sse4_2"), (39, "avx"), (40, "avx2"), (41, "avx512f")) if present(number)]
        return {"model": str(registry_value("HKEY_LOCAL_MACHINE", key, "ProcessorNameString") or "").strip(), "cores": cores, "features": features}
    told_all = output(["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string", "machdep.cpu.features", "machdep.cpu.leaf7_features"], host.seconds).get("out", "")
    lines = told_all.splitlines()
    features = " ".join(lines[1:]).lower().replace("avx1.0", "avx").replace("sse4.", "sse4_").split()
    return {"model": lines[0] if lines else "", "cores": cores, "features": [each for each in CPU_FEATURES if each in features]}


def memory_bytes(host: Host) -> "int | None":
    """Gives the memory, or the limit of the container where that is lower."""
    if host.family == "windows":
        import ctypes

        status = (ctypes.c_ulonglong * 8)()
        status[0] = ctypes.sizeof(status)
        return int(status[1]) if ctypes.windll.kernel32.GlobalMemoryStatusEx(status) else None  # type: ignore[attr-defined,unused-ignore]
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        limit = (host.text(path, 64) or "").strip()
        if limit.isdigit():
            total = min(total, int(limit))
    return total


def shared_memory_bytes(host: Host) -> "int | None":
    """Gives the size of /dev/shm, through which workers of one program hand each other their data."""
    try:
        told = os.statvfs(host.at("/dev/shm"))
        return told.f_blocks * told.f_frsize
    except (OSError, AttributeError):
        return None


def disk_free_bytes(host: Host) -> "int | None":
    try:
        if hasattr(os, "statvfs"):
            told = os.statvfs(host.folder)
            return told.f_bavail * told.f_frsize
        import shutil

        return shutil.disk_usage(host.folder).free
    except OSError:
        return None


def registry_value(root: str, key: str, name: str) -> "Any":
    import winreg

    module = winreg  # type: Any
    try:
        with module.OpenKey(getattr(module, root), key) as handle:
            return module.QueryValueEx(handle, name)[0]
    except OSError:
        return None


def registry_keys(root: str, key: str) -> "list[str]":
    import winreg

    module, found = winreg, []  # type: Any, list[str]
    try:
        with module.OpenKey(getattr(module, root), key) as handle:
            while True:
                found.append(module.EnumKey(handle, len(found)))
    except OSError:
        return found


def displays(host: Host) -> "list[dict[str, Any]]":
    """Names the display adapters of Windows (from the registry; PowerShell only when that is empty) and of a Mac."""
    if host.family == "windows":
        return windows_adapters() or powershell_adapters(host)
    if host.family == "macos":
        told = output(["/usr/sbin/system_profiler", "SPDisplaysDataType", "-json"], host.seconds).get("out", "")
        try:
            listed = json.loads(told).get("SPDisplaysDataType", [])
        except ValueError:
            return []
        return [{"name": each.get("sppci_model") or each.get("_name"), "pnp": each.get("spdisplays_vendor", "")} for each in listed]
    return []


def windows_adapters() -> "list[dict[str, Any]]":
    folder = "SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}"
    found = []
    for each in registry_keys("HKEY_LOCAL_MACHINE", folder):
        values = [registry_value("HKEY_LOCAL_MACHINE", folder + "\\" + each, name) for name in ("DriverDesc", "MatchingDeviceId", "DriverVersion")]
        memory = registry_value("HKEY_LOCAL_MACHINE", folder + "\\" + each, "HardwareInformation.qwMemorySize")
        if each.isdigit() and values[0]:
            found.append({"name": values[0], "pnp": str(values[1] or ""), "driver": values[2], "memory": memory if isinstance(memory, int) else None})
    return found


def powershell_adapters(host: Host) -> "list[dict[str, Any]]":
    question = "Get-CimInstance Win32_VideoController | Select-Object Name,PNPDeviceID,DriverVersion | ConvertTo-Json -Compress"
    told = output(["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", question], host.seconds * 3).get("out", "")
    try:
        listed = json.loads(told)
    except ValueError:
        return []
    return [
        {"name": each.get("Name"), "pnp": each.get("PNPDeviceID", ""), "driver": each.get("DriverVersion")}
        for each in (listed if isinstance(listed, list) else [listed])
    ]


# What lies on the disk


def toolkits(host: Host) -> "list[dict[str, str]]":
    places = [host.at("/usr/local/" + name) for name in host.names("/usr/local") if name.startswith("cuda")]
    places += [host.at(path) for path in ("/opt/cuda", "/usr/lib/cuda", "/usr/lib/nvidia-cuda-toolkit")]
    places += [value for name, value in sorted(host.environ.items()) if re.match(r"CUDA_(HOME|PATH|ROOT|TOOLKIT_ROOT_DIR|PATH_V\d+_\d+)$", name)]
    if host.family == "windows":
        folder = host.environ.get("ProgramFiles", "C:\\Program Files") + "\\NVIDIA GPU Computing Toolkit\\CUDA"
        places += [os.path.join(folder, name) for name in names(folder)]
    found, seen = [], set()
    for place in places:
        version = toolkit_version(place) if os.path.isdir(place) else None
        real = os.path.realpath(place)
        if version and real not in seen:
            seen.add(real)
            found.append({"path": place, "version": version})
    for prefix in conda_prefixes(host):
        for name in names(os.path.join(prefix, "conda-meta")):
            match = re.match(r"(?:cuda-toolkit|cudatoolkit|cuda-nvcc)-(\d[\d.]*)-", name)
            if match and prefix not in seen:
                seen.add(prefix)
                found.append({"path": prefix, "version": match.group(1)})
    return found


def toolkit_version(folder: str) -> "str | None":
    listed = (contents(os.path.join(folder, "version.json")) or b"").decode("utf-8", "replace")
    match = re.search(r'"cuda"\s*:\s*{[^}]*"version"\s*:\s*"([\d.]+)"', listed)
    match = match or re.search(r"CUDA Version ([\d.]+)", (contents(os.path.join(folder, "version.txt")) or b"").decode("utf-8", "replace"))
    if match:
        return match.group(1)
    header = (contents(os.path.join(folder, "include", "cuda.h"), 1 << 16) or b"").decode("utf-8", "replace")
    defined = re.search(r"#define\s+CUDA_VERSION\s+(\d+)", header)
    if defined:
        return f"{int(defined.group(1)) // 1000}.{int(defined.group(1)) % 1000 // 10}"
    named = re.search(r"cuda[-_]?v?(\d+\.\d+)|[\\/]v(\d+\.\d+)$", os.path.realpath(folder), re.IGNORECASE)
    compiler = os.path.exists(os.path.join(folder, "bin", "nvcc")) or os.path.exists(os.path.join(folder, "bin", "nvcc.exe"))
    return (named.group(1) or named.group(2)) if named and compiler else None


def cudnns(host: Host, tool_folders: "Iterable[str]") -> "list[dict[str, str]]":
    headers = [host.at(path) for path in ("/usr/include", "/usr/local/include", "/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu")]
    libraries = [host.at(path) for path in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/local/lib")]
    for folder in tool_folders:
        headers.append(os.path.join(folder, "include"))
        libraries += [os.path.join(folder, name) for name in ("lib64", "lib", "bin")]
    if host.family == "windows":
        folder = host.environ.get("ProgramFiles", "C:\\Program Files") + "\\NVIDIA\\CUDNN"
        for name in names(folder):
            headers += [os.path.join(folder, name, "include")] + [
                os.path.join(folder, name, "include", each) for each in names(os.path.join(folder, name, "include"))
            ]
    found, seen = [], set()
    for path in cudnn_headers(headers):
        text = (contents(path) or b"").decode("utf-8", "replace")
        numbers = [re.search(r"#define\s+CUDNN_" + part + r"\s+(\d+)", text) for part in ("MAJOR", "MINOR", "PATCHLEVEL")]
        version = ".".join(each.group(1) for each in numbers if each)
        if all(numbers) and (os.path.realpath(path) not in seen):
            seen.add(os.path.realpath(path))
            found.append({"path": path, "version": version})
    covered = {each["version"] for each in found}
    for folder in libraries:
        for name in names(folder, "libcudnn.so."):
            match = re.match(r"libcudnn\.so\.(\d+\.\d+\.\d+)$", name)
            real = os.path.realpath(os.path.join(folder, name))
            if match and match.group(1) not in covered and real not in seen:
                seen.add(real)
                found.append({"path": os.path.join(folder, name), "version": match.group(1)})
        found += mixed_cudnns(folder, [each["version"] for each in found if each["path"].startswith(os.path.join(os.path.dirname(folder), "include") + os.sep)])
    return found


def mixed_cudnns(folder: str, headers: "list[str]") -> "list[dict[str, str]]":
    """Gives the libraries that the loader takes there, one of each version, where those of one soname differ, or none is of the header's version."""
    linked = {}  # type: dict[tuple[str, str], str]
    for name in names(folder, "libcudnn"):
        soname = re.match(r"libcudnn(?:_\w+)?\.so\.(\d+)$", name)
        version = re.search(r"\.so\.(\d+\.\d+\.\d+)$", os.path.realpath(os.path.join(folder, name)))
        if soname and version:
            linked.setdefault((soname.group(1), version.group(1)), os.path.join(folder, name))
    versions = [version for _, version in linked]
    alike = len({major for major, _ in linked}) == len(versions) and (not headers or not versions or any(each in versions for each in headers))
    return [] if alike else [{"path": path, "version": version} for (_, version), path in sorted(linked.items())]


def cudnn_headers(folders: "Iterable[str]") -> "list[str]":
    candidates = [os.path.join(folder, name) for folder in folders for name in ("cudnn_version.h", "cudnn_version_v8.h", "cudnn_version_v9.h", "cudnn.h")]
    return [path for path in candidates if os.path.exists(path)]


# Pythons and environments


def pythons(host: Host) -> "list[dict[str, str]]":
    """Lists interpreters without running them: nine of them would take 0.3 s to say their version."""
    found, seen = [], set()
    for path, source in python_candidates(host):
        real = os.path.realpath(path)
        if real in seen or not os.path.isfile(real):
            continue
        seen.add(real)
        version = python_version(real)
        if not version or not version.startswith("3.") or in_environment(real):
            continue
        found.append({"path": real if in_environment(path) else path, "version": version, "source": source})
    return found


def in_environment(path: str) -> bool:
    """Tells an environment's interpreter: a link to its base's on POSIX, a copy (which is no interpreter of the machine) on Windows."""
    return os.path.exists(os.path.join(os.path.dirname(os.path.dirname(path)), "pyvenv.cfg"))


def python_candidates(host: Host) -> "Iterable[tuple[str, str]]":
    named = re.compile(r"python(3(\.\d+)?)?(\.exe)?$")
    standard = [] if host.family == "windows" else [host.at(path) for path in ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")]
    pyenv = host.environ.get("PYENV_ROOT") or os.path.join(host.home, ".pyenv")
    folders = [
        folder for folder in host.environ.get("PATH", "").split(os.pathsep) if folder and os.path.basename(folder.rstrip("/\\")) not in ("shims", "WindowsApps")
    ]
    for folder in folders + standard:
        for name in names(folder, "python"):
            if named.match(name):
                source = "pyenv" if folder.startswith(pyenv + os.sep) else "path"
                yield os.path.join(folder, name), source
    for name in names(os.path.join(pyenv, "versions")):
        yield python_below(os.path.join(pyenv, "versions", name)), "pyenv"
    data = host.environ.get("APPDATA", "") if host.family == "windows" else host.environ.get("XDG_DATA_HOME") or os.path.join(host.home, ".local", "share")
    managed = host.environ.get("UV_PYTHON_INSTALL_DIR") or os.path.join(data, "uv", "python")
    for name in names(managed):
        if name.startswith("cpython-"):
            yield python_below(os.path.join(managed, name)), "uv"
    for prefix in conda_roots(host):
        yield python_below(prefix), "conda"
    if host.family == "macos":
        for name in names("/Library/Frameworks/Python.framework/Versions"):
            yield python_below("/Library/Frameworks/Python.framework/Versions/" + name), "path"
    if host.family == "windows":
        for path in registered_pythons():
            yield path, "py-launcher"


def registered_pythons() -> "list[str]":
    """Lists what PEP 514 writes to the registry, which is where the py launcher looks."""
    found = []
    for root in ("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"):
        for company in registry_keys(root, "SOFTWARE\\Python"):
            for tag in registry_keys(root, "SOFTWARE\\Python\\" + company):
                folder = "SOFTWARE\\Python\\" + company + "\\" + tag + "\\InstallPath"
                path = registry_value(root, folder, "ExecutablePath") or os.path.join(str(registry_value(root, folder, "") or ""), "python.exe")
                if company != "PyLauncher" and os.path.exists(path):
                    found.append(str(path))
    return found


def python_below(prefix: str) -> str:
    for path in (os.path.join(prefix, "bin", "python3"), os.path.join(prefix, "python.exe")):
        if os.path.exists(path):
            return path
    return os.path.join(prefix, "bin", "python")


def python_version(real: str) -> "str | None":
    """Gives the version of an interpreter from what lies around it: its headers, its folder's name, its own bytes; None for another program of that name."""
    folder = os.path.dirname(real)
    prefix = folder if real.lower().endswith(".exe") else os.path.dirname(folder)
    named = re.search(r"python(\d+\.\d+)(t?)(?:\.exe)?$", real)
    if named and named.group(2):
        return None
    for name in (
        ["include"] if real.lower().endswith(".exe") else ["include/" + each for each in names(os.path.join(prefix, "include")) if each.startswith("python3")]
    ):
        defined = re.search(rb'#define\s+PY_VERSION\s+"([^"]+)"', contents(os.path.join(prefix, name, "patchlevel.h"), 1 << 14) or b"")
        if defined and (not named or name.rstrip("dmu").endswith("python" + named.group(1))):
            return defined.group(1).decode().rstrip("+")
    for name in names(os.path.join(prefix, "conda-meta")):
        package = re.match(r"python-(\d+\.\d+\.\d+\w*)-", name)
        if package:
            return package.group(1)
    inside = re.search(r"[\\/](?:cpython-|python@[\d.]+[\\/])?(\d+\.\d+\.\d+)(?=[-_\\/])", real)
    if inside and (not named or inside.group(1).startswith(named.group(1) + ".")):
        return inside.group(1)
    return version_in_binary(real, prefix, named.group(1)) if named else windows_version(folder)


def version_in_binary(real: str, prefix: str, version: str) -> "str | None":
    """Finds "3.11.2" as a C string in libpython or in the interpreter; a distribution without headers leaves nothing else to read."""
    shared = "libpython" + version + ".so.1.0"
    machine = os.uname().machine if hasattr(os, "uname") else ""
    candidates = [os.path.join(prefix, "lib", shared), os.path.join(prefix, "lib64", shared), os.path.join(prefix, "lib", machine + "-linux-gnu", shared), real]
    for path in candidates:
        data = contents(path, 1 << 26)
        match = re.search(rb"\0(" + re.escape(version.encode()) + rb"\.\d+(?:(?:a|b|rc)\d+)?)\+?\0", data) if data else None
        if match:
            return match.group(1).decode()
        if data and path != real:
            break
    return version if contents(real, 4) not in (None, b"") and (contents(real, 2) or b"") != b"#!" else None


def windows_version(folder: str) -> "str | None":
    library = next(
        (re.match(r"python(3)(\d+)\.dll$", name, re.IGNORECASE) for name in names(folder) if re.match(r"python3\d+\.dll$", name, re.IGNORECASE)), None
    )
    return f"{library.group(1)}.{library.group(2)}" if library else None


def conda_roots(host: Host) -> "list[str]":
    places = [host.expanded(path) for path in CONDA_ROOTS]
    places = [host.at(path) if path.startswith("/opt") else path for path in places]
    executable = host.environ.get("CONDA_EXE") or host.environ.get("MAMBA_EXE")
    if executable:
        places.insert(0, os.path.dirname(os.path.dirname(executable)))
    if host.environ.get("MAMBA_ROOT_PREFIX"):
        places.insert(0, host.environ["MAMBA_ROOT_PREFIX"])
    found = []  # type: list[str]
    for place in places:
        if os.path.isdir(os.path.join(place, "conda-meta")) and place not in found:
            found.append(place)
    return found


def conda_prefixes(host: Host) -> "list[str]":
    listed = (contents(os.path.join(host.home, ".conda", "environments.txt")) or b"").decode("utf-8", "replace").splitlines()
    active = host.environ.get("CONDA_PREFIX")
    places = ([active] if active else []) + [line.strip() for line in listed]
    for root in conda_roots(host):
        places += [root] + [os.path.join(root, "envs", name) for name in names(os.path.join(root, "envs"))]
    found = []  # type: list[str]
    for place in places:
        if place and place not in found and os.path.isdir(os.path.join(place, "conda-meta")):
            found.append(place)
    return found


def environments(host: Host) -> "list[dict[str, str]]":
    active, local = host.environ.get("VIRTUAL_ENV"), os.path.join(host.folder, ".venv")
    found = [{"path": path, "kind": "venv"} for path in ([active] if active else []) + [local] if path and os.path.exists(os.path.join(path, "pyvenv.cfg"))]
    if len(found) == 2 and os.path.realpath(found[0]["path"]) == os.path.realpath(found[1]["path"]):
        found.pop()
    return found + [{"path": path, "kind": "conda"} for path in conda_prefixes(host)]


# Configuration of pip and uv


def pip_files(host: Host) -> "list[list[str]]":
    """Lists where pip looks for its configuration, as [kind, path], lowest precedence first; source: pip documentation, "Configuration"."""
    environ, home = host.environ, host.home
    name = "pip.ini" if host.family == "windows" else "pip.conf"
    if host.family == "windows":
        everyone = [os.path.join(environ.get("ProgramData") or "C:\\ProgramData", "pip", name)]
        user = [os.path.join(home, "pip", name), os.path.join(environ.get("APPDATA") or os.path.join(home, "AppData", "Roaming"), "pip", name)]
    else:
        shared = "/Library/Application Support" if host.family == "macos" else environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        everyone = [host.at(os.path.join(folder, "pip", name)) for folder in shared.split(os.pathsep) if folder] + (
            [] if host.family == "macos" else [host.at("/etc/" + name)]
        )
        settings = environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
        support = os.path.join(home, "Library", "Application Support", "pip")
        user = [
            os.path.join(home, ".pip", name),
            os.path.join(support if host.family == "macos" and os.path.isdir(support) else os.path.join(settings, "pip"), name),
        ]
    prefix = environ.get("VIRTUAL_ENV") or environ.get("CONDA_PREFIX") or host.prefix
    own = environ.get("PIP_CONFIG_FILE")
    if own and own.lower() in (os.devnull, "/dev/null"):
        return []
    # A file that the variable names, and that is there, stands in place of the user's own.
    users = [] if own and os.path.exists(own) else [["user", path] for path in user]
    return [["global", path] for path in everyone] + users + [["site", os.path.join(prefix, name)]] + ([["variable", own]] if own else [])


def uv_files(host: Host) -> "list[list[str]]":
    """Lists where uv looks, as [kind, path], lowest precedence first; source: uv documentation, "Configuration files".

    A project's own uv settings are for that project and are left out.
    """
    environ, home = host.environ, host.home
    if environ.get("UV_NO_CONFIG", "").lower() in ("1", "true", "yes", "y", "on", "t"):
        return []
    if environ.get("UV_CONFIG_FILE"):
        return [["variable", environ["UV_CONFIG_FILE"]]]
    if host.family == "windows":
        found = [
            ["system", os.path.join(environ.get("ProgramData") or "C:\\ProgramData", "uv", "uv.toml")],
            ["user", os.path.join(environ.get("APPDATA", ""), "uv", "uv.toml")],
        ]
    else:
        shared = [folder for folder in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep) if folder]
        system_files = [host.at(os.path.join(folder, "uv", "uv.toml")) for folder in shared] + [host.at("/etc/uv/uv.toml")]
        found = [["system", path] for path in system_files if os.path.exists(path)][:1]
        found.append(["user", os.path.join(environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "uv", "uv.toml")])
    return found


def conda_files(host: Host) -> "list[str]":
    """Lists where conda looks, lowest precedence first; source: conda documentation, "Searching for .condarc"."""
    prefix, root = host.environ.get("CONDA_PREFIX"), host.environ.get("CONDA_ROOT")
    found = [host.at("/etc/conda/.condarc")] + [os.path.join(folder, ".condarc") for folder in (root, host.home, prefix) if folder]
    return found + ([host.environ["CONDARC"]] if host.environ.get("CONDARC") else [])


def configuration(host: Host) -> "dict[str, Any]":
    """Gives the texts of pip's and uv's files and of the constraint files that they name, without credentials."""
    readings = {}  # type: dict[str, Any]
    for tool, files in (("pip", pip_files(host)), ("uv", uv_files(host))):
        texts = [(kind, path, host.text_at(path)) for kind, path in files]
        readings[tool] = [[kind, path, text] for kind, path, text in texts if text]
    readings["conda"] = [[path, text] for path, text in ((path, host.text_at(path)) for path in conda_files(host)) if text]
    told = [host.environ.get(name, "") for name in ("PIP_CONSTRAINT", "UV_CONSTRAINT")]
    told += [match.group(1) for _, _, text in readings["pip"] for match in re.finditer(r"(?m)^constraints?\s*[=:](.*(?:\n[ \t]+.*)*)", text)]
    readings["constraints"] = {}
    for path in " ".join(told).split():
        readings["constraints"][path] = host.text_at(os.path.join(host.folder, os.path.expanduser(path)))
    return readings


def without_credentials(text: str) -> str:
    return re.sub(r"(?<=://)[^/\s@\"']+@", "", text)


def variables(host: Host) -> "dict[str, str]":
    kept = {name: value for name, value in host.environ.items() if VARIABLES.fullmatch(name.upper()) and not SECRETS.search(name.upper())}
    return {name: without_credentials(value) for name, value in sorted(kept.items())}


def named_folders(host: Host) -> "list[dict[str, Any]]":
    """Looks where variables point, where PATH has nvcc, into System32 and into the folder at hand; what the loader fills in ("$ORIGIN") is left out."""
    places = [(name, path) for name in LIST_VARIABLES for path in host.environ.get(name, "").split(os.pathsep)]
    places += [(name, host.environ.get(name, "")) for name in FOLDER_VARIABLES]
    places += [("XLA_FLAGS", path) for path in re.findall(r"--xla_gpu_cuda_data_dir=(\S+)", host.environ.get("XLA_FLAGS", ""))]
    found = [held(name, path) for name, path in places if path and "$" not in path]
    compiler = program(host, "nvcc")
    found += [held("PATH", os.path.dirname(compiler))] if compiler else []
    found += host_compiler(host)
    if host.family == "windows":
        system = os.path.join(host.environ.get("SystemRoot", "C:\\Windows"), "System32")
        found.append(held("SystemRoot", system))
    local = held("", host.folder)
    return found[:64] + ([local] if local["holds"] else [])


def host_compiler(host: Host) -> "list[dict[str, Any]]":
    """Gives the gcc that PATH finds, with its version: from the name of its file (Debian), or of the only folder of its parts."""
    path = None if host.family != "linux" else program(host, "gcc")
    if not path:
        return []
    real = os.path.realpath(path)
    named = re.search(r"gcc-(\d+)$", real)
    parts = [name for triplet in host.names("/usr/lib/gcc") for name in host.names("/usr/lib/gcc/" + triplet) if re.match(r"\d+", name)]
    version = named.group(1) if named else parts[0].partition(".")[0] if len(parts) == 1 else None
    return [{"variable": "CC", "path": path, "exists": True, "holds": ["gcc-" + version] if version else []}]


def held(variable: str, path: str) -> "dict[str, Any]":
    holds = [name for name in names(path) if HELD.fullmatch(name) and is_held(os.path.join(path, name))]
    # The name that the loader asks for says nothing of the C++ runtime's version: that of the file behind it does.
    holds = [os.path.basename(os.path.realpath(os.path.join(path, name))) if name == "libstdc++.so.6" else name for name in holds]
    holds += [name for name in TOOLS if os.path.isfile(os.path.join(path, name))]
    return {"variable": variable, "path": path, "exists": os.path.isdir(path), "holds": sorted(set(holds))[:64]}


def is_held(path: str) -> bool:
    """Tells a package from a folder of data that bears its name."""
    return not os.path.isdir(path) or path.endswith("-info") or any(name.endswith((".py", ".so", ".pyd")) for name in names(path))


def readings(host: Host) -> "dict[str, Any]":
    """Gives everything; a part that fails is None and leaves its error in "problems", and the rest stands."""
    document = {"schema": 1, "python": "{}.{}.{}".format(*sys.version_info[:3]), "problems": {}, "seconds": {}}  # type: dict[str, Any]
    parts = (
        nvidia,
        system,
        processor,
        memory_bytes,
        shared_memory_bytes,
        disk_free_bytes,
        displays,
        toolkits,
        pythons,
        environments,
        configuration,
        variables,
        named_folders,
    )
    for part in parts:
        measured(document, part.__name__, part, host)
    measured(document, "cudnns", cudnns, host, [each["path"] for each in document["toolkits"] or []])
    return document


def measured(document: "dict[str, Any]", name: str, part: "Callable[..., Any]", *arguments: "Any") -> None:
    started = time.time()
    try:
        document[name] = part(*arguments)
    except Exception as error:
        document[name] = None
        document["problems"][name] = f"{type(error).__name__}: {error}"
    document["seconds"][name] = round(time.time() - started, 4)


def main(request: str = "{}") -> None:
    document = json.dumps(readings(Host(json.loads(request))))
    sys.stdout.write("\n" + COOKIES[0] + document + COOKIES[1] + "\n")
    sys.stdout.flush()
    # What hangs in a thread must not keep the process.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:2])
