"""drivetrain: from GPU driver to training."""

__version__ = "0.1.0"
