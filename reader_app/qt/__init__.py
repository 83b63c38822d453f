"""Everything that draws or listens: the only place where Qt is imported."""
