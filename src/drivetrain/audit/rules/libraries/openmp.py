"""Two copies of Intel's or LLVM's OpenMP runtime that one process would load; each thinks itself the only one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import WHOLE, Context, Rule
from drivetrain.model.documents import FrozenMap
from drivetrain.model.library import Library
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.plan import Edit
from drivetrain.words import say

_RUNTIME = re.compile(r"(lib(?:iomp5|omp))(?:md|140\.x86_64)?(?:-[0-9a-f]{8})?\.(?:so(?:\.\d+)*|dll|dylib)", re.IGNORECASE)
"""libiomp5.so, libiomp5md.dll, libomp.dylib, libomp-a34b3233.so.5; GNU's libgomp gets along with a second copy of itself."""


def _check(context: Context) -> Iterator[Outcome]:
    environment = context.environment
    if not environment.libraries and environment.installed:
        yield RULE.unknown(WHOLE, say("its shared libraries were not read"))
        return
    copies = [each for each in environment.libraries if _RUNTIME.fullmatch(each.name) and not each.link]
    named = {_own_name(each) for each in copies}
    # On Linux and macOS one name is loaded once, whoever brings it; Windows as well, but for each folder's own where both are opened by path.
    apart = [each for each in copies if environment.platform != "linux" or len(named) > 1]
    owners = {(owner.name if (owner := context.loader.shelf.owner(each)) else each.path) for each in apart}
    if len(apart) < 2 or len(owners) < 2 or len({each.bytes for each in apart}) < 2:
        yield RULE.clear(WHOLE, say("no two OpenMP runtimes would be loaded into one process"))
        return
    yield _found(context, apart)


def _own_name(library: Library) -> str:
    return library.linkage.soname or library.name


def _found(context: Context, copies: list[Library]) -> Outcome:
    intel = [each for each in copies if each.name.lower().startswith("libiomp5")]
    told = [f"{owner.name} {owner.version}" if (owner := context.loader.shelf.owner(each)) else each.path for each in copies]
    return RULE.found(
        WHOLE,
        say("{count} OpenMP runtimes lie here, of {owners}: a process that loads two may stop with OMP: Error #15", count=len(copies), owners=", ".join(told)),
        [Evidence(path=each.path, text=owner) for each, owner in zip(copies, told, strict=True)],
        (
            Fix(says=say("let all packages come from one place: all from conda, or all from pip"), safety="shown"),
            Fix(
                says=say("let the second be tolerated; results may be slower or wrong"),
                edit=Edit(variables=FrozenMap({"KMP_DUPLICATE_LIB_OK": "TRUE"})),
                safety="unsafe",
            ),
        ),
        severity="warning" if len(intel) > 1 and context.environment.platform == "windows" else "note",
    )


RULE = Rule(
    cause="duplicate-openmp-runtime",
    severity="warning",
    check=_check,
    sources=(
        "https://www.intel.com/content/www/us/en/docs/onemkl/developer-guide-linux/2025-0/avoiding-conflicts.html",
        "https://github.com/joblib/threadpoolctl/blob/master/multiple_openmp.md",
    ),
)
