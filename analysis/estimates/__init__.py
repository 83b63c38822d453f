"""Estimators on a study's grid: what is computed of every reader, group, arm and AI system."""
