"""One method a file; each knows arrays and no study."""
