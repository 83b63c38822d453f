"""Tables in the columns and words of others, by a map or by known names."""
