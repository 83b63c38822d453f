"""Tables and files that other programs read and write."""
