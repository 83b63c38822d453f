"""The windows that are timed against each other."""
