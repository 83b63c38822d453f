"""The coordinator's windows: what a study is set up with."""
