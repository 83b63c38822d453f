"""The stored pixels of a file, decoded exactly."""
