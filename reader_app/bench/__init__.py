"""Measures what the program promises of its speed, against its rivals in the same run."""
