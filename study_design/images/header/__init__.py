"""What the header of a DICOM file says, read without trust."""
