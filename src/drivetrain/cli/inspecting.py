"""`drivetrain inspect`: what one binary is, read from its headers; nothing is loaded."""

from __future__ import annotations

import argparse

from drivetrain.cli.emit import emit
from drivetrain.cli.session import Session
from drivetrain.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar=say("FILE"), help=say("a shared library (.so, .dll, .dylib), a program, a cubin, or a wheel"))
    parser.add_argument("--symbols", action="store_true", help=say("the names that it takes from other libraries, and those that it gives to others"))
    parser.add_argument("--verbose", action="store_true", help=say("every symbol version that it needs, device code section by section, and every symbol"))


def examples(frameworks: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("inspect", "libcudnn_ops.so.9"), say("which GPUs it holds code for, what it needs, where it looks")),
        (("inspect", "nvidia_nccl_cu12-2.27.5-py3-none-any.whl"), say("every library of a wheel, without unpacking it to disk")),
        (("inspect", "_C.so", "--symbols"), say("the names that it leaves to other libraries, and those that it exports")),
        (("inspect", "cudnn_ops64_9.dll", "--json"), say("the same for a program")),
    )


def run(options: argparse.Namespace, session: Session) -> int:
    from drivetrain.report.text_binary import binary_screen
    from drivetrain.workflows.inspecting import inspected

    done = inspected(tuple(options.files), symbols=options.symbols)
    return emit(session, done, binary_screen(done, verbose=options.verbose))
