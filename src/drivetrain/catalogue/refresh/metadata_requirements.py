"""Takes METADATA's Requires-Dist apart, so that nothing that plans has to parse it; source: PEP 508 and the core metadata specification."""

from __future__ import annotations

import re
from email.parser import BytesParser
from email.policy import compat32
from threading import Lock

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Parsed
from packaging.utils import canonicalize_name

from drivetrain.model.catalogue import Requirement

_ONE_AT_A_TIME = Lock()
"""packaging reads strings with `ast`, which breaks down now and then where threads use it side by side (CPython 3.11.7, https://github.com/python/cpython/issues/106905)."""
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_STAR_AFTER_ORDER = re.compile(r"((?:>=|<=|>|<|~=)\s*[\d.]+?)\.\*")


def requirements_of(metadata: bytes) -> tuple[Requirement, ...] | None:
    """Gives what one METADATA requires; None where a line cannot be understood, since part of the requirements would pass for all."""
    # Behind the headers stands the project's whole README, which the parser would read too.
    head = _END_OF_HEADERS.split(metadata, maxsplit=1)[0]
    message = BytesParser(policy=compat32).parsebytes(head + b"\n\n", headersonly=True)
    read = [requirement_of(str(line)) for line in message.get_all("Requires-Dist", [])]
    known = tuple(requirement for requirement in read if requirement is not None)
    return known if len(known) == len(read) else None


def requirement_of(line: str) -> Requirement | None:
    """Gives one requirement; None where it is not one."""
    try:
        # Old metadata writes ">=3.6.*", which PEP 440 has no meaning for; pip and uv read it without the star.
        with _ONE_AT_A_TIME:
            parsed = Parsed(_STAR_AFTER_ORDER.sub(r"\1", line))
    except InvalidRequirement:
        return None
    if parsed.url is not None:
        return None
    return Requirement(
        name=canonicalize_name(parsed.name),
        specifier=str(parsed.specifier),
        marker=str(parsed.marker) if parsed.marker is not None else "",
        extras=tuple(sorted(canonicalize_name(extra) for extra in parsed.extras)),
    )
