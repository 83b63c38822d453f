"""What the record says of reads: folded, counted, flagged, held against the protocol; pure."""
