"""Who wrote what: keys of accounts, their enrolment in a record, signatures and fingerprints."""
