"""Mammograms in: files read, checked, de-identified, decoded once and kept."""
