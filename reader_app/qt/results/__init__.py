"""The results window and its parts."""
