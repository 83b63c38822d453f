"""What the coordinator's windows ask of a study; Qt-free."""
