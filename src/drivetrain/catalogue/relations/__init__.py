"""Relations: functions of values that return a sourced `Reason`, `None` (holds) or `Unknown` (permits, and is an assumption)."""
