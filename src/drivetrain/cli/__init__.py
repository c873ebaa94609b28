"""The command line: one module per command, imported only when that command is asked for."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code: 0 fine, 1 findings, 2 usage or breakdown, 3 no plan, 130 Ctrl-C."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["--version"], ["-V"]):
        from drivetrain import __version__

        print(f"drivetrain {__version__}")
        return 0
    # Values are frozen and hold no cycles: collecting while a plan is made costs it a tenth of its time and frees nothing.
    gc.set_threshold(100_000, 50, 50)
    try:
        from drivetrain.cli.dispatch import dispatch

        return dispatch(arguments)
    except KeyboardInterrupt:
        # Before the command had begun, or while its answer was written: there is nothing to undo and nothing to say.
        return 130
    finally:
        if argv is None:
            # The process ends here, and everything with it: to look for cycles among all that an audit holds would cost 16 ms.
            gc.freeze()
