"""Whether the statistics are right: reference cases, calibration, qualification."""
