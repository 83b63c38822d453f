"""What the papers print, made from a study in the papers' own layout."""
