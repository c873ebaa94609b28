"""`drivetrain plan --offline`, whole process, against `uv pip compile --offline` of the same three names: `python3 benchmarks/plan.py`.

uv's cache is warmed first, which needs the network once. uv answers for one Python and platform, without driver, GPU or CUDA family.
"""

from __future__ import annotations

from measuring import drivetrain, show, side_by_side, timed, uv

NAMES = ("tensorflow", "torch", "jax")
MACHINE = ("--os", "linux", "--gpu", "RTX 4090", "--driver", "560", "--python", "3.12", "--sources", "index")

if __name__ == "__main__":
    resolver = [uv(), "pip", "compile", "--quiet", "--python-version", "3.12", "--python-platform", "x86_64-unknown-linux-gnu", "-"]
    typed = "\n".join(NAMES)
    print(f"warming uv's cache: {timed(resolver, typed):.1f} s")
    commands = {
        "drivetrain plan tensorflow torch jax": (drivetrain("plan", *NAMES, "--offline", *MACHINE), ""),
        "drivetrain plan torch": (drivetrain("plan", "torch", "--offline", *MACHINE), ""),
        "uv pip compile --offline of the three": ([*resolver[:3], "--offline", *resolver[3:]], typed),
    }
    show(side_by_side(commands, rounds=15))
