"""What runs inside the environment under proof; no module here imports anything of drivetrain."""
