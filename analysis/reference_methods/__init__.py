"""What each name of a reference case asks for, one file a method."""
