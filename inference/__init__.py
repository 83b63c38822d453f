"""Mammograms in, detections out: the AI systems."""
