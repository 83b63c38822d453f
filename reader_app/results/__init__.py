"""The results of a study by its locked plan, for window and files."""
