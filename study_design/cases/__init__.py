"""What the coordinator does with exams: import, doubts, places, exclusion, erasure; recorded."""
