"""Training sets: exams with their lesions, prepared once and kept on disk."""
