"""PaddlePaddle: the package index has `paddlepaddle-gpu` up to 2.6.2, which loads the system's CUDA; 3.x with CUDA is published on Paddle's own index alone."""

from __future__ import annotations

from drivetrain.model.build import Framework

FRAMEWORK = Framework(
    name="paddle",
    distribution="paddlepaddle",
    title="PaddlePaddle",
    import_name="paddle",
    names=("paddlepaddle-gpu",),
    reads_system=True,
    libraries=("libphi.so", "libpaddle.so"),
    wheel_index=("paddle", "https://www.paddlepaddle.org.cn/packages/stable/{build}/"),
    labels_wheels=False,
    unnamed=("setuptools",),  # Run on 2026-11-24: 2.6.2, 3.0.0, 3.1.0, 3.2.0 and 3.3.1 import it, also where its marker leaves it out.
    sources=("https://www.paddlepaddle.org.cn/documentation/docs/en/install/pip/linux-pip_en.html",),
)
