"""Images by DICOM and DICOMweb: listener, C-ECHO, C-FIND, C-MOVE, C-GET, QIDO-RS, WADO-RS."""
