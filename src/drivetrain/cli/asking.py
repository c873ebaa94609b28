"""Asks a person on the terminal; where nobody can be asked, the answer that was agreed on beforehand holds."""

from __future__ import annotations

import sys
from collections.abc import Callable

from drivetrain.cli.session import Session

Ask = Callable[[str, bool], bool]
"""(question, answer where nobody can be asked) to the answer."""


def asker(session: Session, *, yes: bool) -> Ask:
    """Gives who is asked: a person on the terminal, unless --yes answers."""

    def ask(question: str, otherwise: bool) -> bool:
        if yes:
            return True
        if not session.terminal:
            return otherwise
        sys.stderr.write(f"{question} [Y/n] ")
        sys.stderr.flush()
        try:
            answer = sys.stdin.readline()
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            raise
        if not answer:
            sys.stderr.write("\n")
        # An empty line is Enter; no line at all is the end of the input, and nobody has agreed.
        return bool(answer) and answer.strip().lower() in ("", "y", "yes", "是", "好")

    return ask
