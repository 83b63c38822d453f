"""Clocks: what the record shows of the time that truly passed, and who vouches for it."""
