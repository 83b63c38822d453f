"""Heads that turn feature maps into boxes, and their losses."""
