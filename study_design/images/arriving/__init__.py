"""The files of an import: found, opened in a guarded child, judged, given slots, kept."""
