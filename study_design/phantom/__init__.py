"""Synthetic four-view exams with exactly known lesions."""
