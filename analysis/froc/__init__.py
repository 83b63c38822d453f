"""Free-response and localisation analysis: marks and lesions in, figures of merit out."""
