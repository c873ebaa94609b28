"""Gives the lines that install, update or repair the NVIDIA driver, by distribution.

Sources: https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/, https://documentation.ubuntu.com/server/how-to/graphics/install-nvidia-drivers/,
https://wiki.debian.org/NvidiaGraphicsDrivers, https://rpmfusion.org/Howto/NVIDIA, https://en.opensuse.org/SDB:NVIDIA_drivers, https://wiki.archlinux.org/title/NVIDIA,
https://docs.nvidia.com/cuda/wsl-user-guide/.
"""

from __future__ import annotations

from drivetrain.model.cause import Deed

_UBUNTU = ("ubuntu", "linuxmint", "mint", "pop", "pop!_os", "pop_os", "zorin", "elementary")
_REDHAT = ("rhel", "red hat", "rocky", "almalinux", "centos", "ol", "amazon linux", "amzn")
_INSTALL: dict[str, tuple[str, ...]] = {
    "ubuntu": ("sudo ubuntu-drivers install",),
    "debian": ("sudo apt update", "sudo apt install linux-headers-amd64 nvidia-driver"),
    "fedora": ("sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda",),
    "redhat": ("sudo dnf module install nvidia-driver:latest-dkms",),
    "suse": ("sudo zypper install nvidia-open-driver-G06-signed-kmp-default nvidia-compute-utils-G06",),
    "arch": ("sudo pacman -Syu nvidia-open nvidia-utils",),
}
_REPAIR: dict[str, tuple[str, ...]] = {
    "ubuntu": ("sudo apt purge '^nvidia-.*' '^libnvidia-.*'", "sudo ubuntu-drivers install"),
    "debian": ("sudo apt purge '^nvidia-.*' '^libnvidia-.*'", "sudo apt install linux-headers-amd64 nvidia-driver"),
    "fedora": ("sudo dnf reinstall akmod-nvidia xorg-x11-drv-nvidia-cuda", "sudo akmods --force"),
    "redhat": ("sudo dnf module reset nvidia-driver", "sudo dnf module install nvidia-driver:latest-dkms"),
    "suse": ("sudo zypper install --force nvidia-open-driver-G06-signed-kmp-default nvidia-compute-utils-G06",),
    "arch": ("sudo pacman -Syu nvidia-open nvidia-utils", "sudo mkinitcpio -P"),
}
PAGE = "https://www.nvidia.com/drivers"
"""Where the driver of Windows comes from, which is WSL2's too."""


def driver_lines(deed: Deed, *, system: str, distribution: str, branch: str | None = None) -> tuple[str, ...]:
    """Gives what to type; `system` as facts name it (linux, windows, wsl2, macos), `branch` the lowest driver branch that will do ("580")."""
    if system == "windows":
        return (f"start {PAGE}",)
    if system == "wsl2":
        return (f"cmd.exe /c start {PAGE}", "wsl.exe --shutdown")
    if system == "macos":
        return ()
    family = family_of(distribution)
    if family == "ubuntu" and branch and deed != "reinstall-driver":
        return (f"sudo ubuntu-drivers install nvidia:{branch}", "sudo reboot")
    lines = (_REPAIR if deed == "reinstall-driver" else _INSTALL)[family]
    return (*lines, "sudo reboot")


def family_of(distribution: str) -> str:
    """Gives whose package manager a distribution has; Ubuntu's where it is not known."""
    name = distribution.lower()
    if any(each in name for each in _UBUNTU):
        return "ubuntu"
    if "debian" in name or "kali" in name:
        return "debian"
    if "fedora" in name:
        return "fedora"
    if any(each in name for each in _REDHAT):
        return "redhat"
    if "suse" in name:
        return "suse"
    return "arch" if any(each in name for each in ("arch", "manjaro", "endeavour")) else "ubuntu"
