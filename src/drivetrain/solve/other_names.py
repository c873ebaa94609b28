"""Says which wheel stands for a name that was typed: `onnxruntime-gpu` for `onnxruntime` on a GPU, and the other way round where nothing uses CUDA."""

from __future__ import annotations

from drivetrain.catalogue import Catalogue
from drivetrain.model.plan import Plan, Reason
from drivetrain.model.request import Request
from drivetrain.words import say


def other_names(plan: Plan, request: Request, catalogue: Catalogue) -> tuple[Reason, ...]:
    """Gives a reason for each name whose wheel in the plan is another."""
    found = []
    for wish in request.wishes:
        framework = catalogue.framework(wish.name) if not wish.is_component and not wish.url else None
        package = plan.package(framework.distribution) if framework is not None and framework.names else None
        if framework is None or package is None or package.name == wish.name:
            continue
        if package.name == framework.distribution:
            says = say("{typed} is planned as {name}: it brings CUDA, and this is a stack for the CPU", typed=wish.name, name=package.name)
            found.append(Reason(cause="cuda-build-on-cpu", about=framework.distribution, says=says, sources=framework.sources))
        elif any(release.wheels for release in catalogue.releases(wish.name)):
            says = say("{typed} is planned as {name}: the package of that name is the build for the CPU", typed=wish.name, name=package.name)
            found.append(Reason(cause="cpu-only-package-installed", about=framework.distribution, says=says, sources=framework.sources))
    return tuple(found)
