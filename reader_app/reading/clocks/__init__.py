"""The clocks of a sitting and of a read, and who says what time it is."""
