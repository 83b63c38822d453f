"""The record: append-only events, their store, and the reads that replay derives from them."""
