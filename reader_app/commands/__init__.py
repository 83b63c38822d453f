"""The commands of `crossread`, one file a group."""
