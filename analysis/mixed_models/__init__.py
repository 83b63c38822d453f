"""Linear mixed models with crossed random effects, and reading times compared by them."""
