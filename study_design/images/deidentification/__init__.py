"""Identity removed from a header, and the greys passed on to it."""
