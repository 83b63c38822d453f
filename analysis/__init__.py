"""Rating tables in, estimates out: the statistics."""
