"""The reading window and its parts."""
