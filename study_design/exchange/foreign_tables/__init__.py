"""Tables of other programs: which column holds what, what their words and numbers mean."""
