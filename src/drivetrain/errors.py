"""The one tree of exceptions that drivetrain raises.

    DrivetrainError            root; `says` what and where, `next` what to do (exit code 2)
    ├── UsageError             flags or requirements that contradict each other or name nothing known
    ├── FileError              a file that cannot be read, or holds something else than it should
    ├── IndexUnreachable       a package index (or another source) that did not answer
    ├── EngineError            uv or an interpreter failed, or its output was not understood
    ├── PrefixError            a prefix that is not ours, cannot be written, or has no room
    ├── CatalogueError         a fact row without a source, or two that contradict each other
    └── Interrupted            Ctrl-C (exit code 130)

An answer is a value, a breakdown is an exception: no plan, a broken environment and "cannot tell" are returned, never raised.
"""


class DrivetrainError(Exception):
    """Something broke; `says` is one line (what and where), `next` one line (what to do), `course` all that a program which failed has said (--debug)."""

    def __init__(self, says: str, next: str = "", *, course: str = "") -> None:
        super().__init__(says)
        self.says = says
        self.next = next
        self.course = course


class UsageError(DrivetrainError):
    """Flags or requirements that contradict each other or name nothing known."""


class FileError(DrivetrainError):
    """A file that cannot be read, or that holds something else than it should."""


class IndexUnreachable(DrivetrainError):
    """A package index, or another source of packages, did not answer."""


class EngineError(DrivetrainError):
    """uv or an interpreter failed, or its output was not understood."""


class PrefixError(DrivetrainError):
    """A prefix that is not ours, cannot be written, or has no room."""


class CatalogueError(DrivetrainError):
    """A fact row without a source, or two that contradict each other."""


class Interrupted(DrivetrainError):
    """Ctrl-C: what was under way has been undone."""
