"""Boxes, anchors, suppression and pooling of regions, in plain torch."""
