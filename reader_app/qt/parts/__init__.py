"""What several windows are made of: style, labels, work off the GUI thread, keys."""
