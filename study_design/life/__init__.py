"""A study's life: made, planned, locked, amended, checked, frozen, backed up."""
