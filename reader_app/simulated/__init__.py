"""Simulated readers and a simulated AI: what they answer, and the scripts that carry it out."""
