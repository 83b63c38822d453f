"""Trunks and necks that the systems share."""
