"""Every noun of drivetrain, as frozen values; no module here does anything but hold and convert them."""
