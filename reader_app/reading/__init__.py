"""A sitting of one reader: plan, clock, keys, answers, journal; Qt-free."""
