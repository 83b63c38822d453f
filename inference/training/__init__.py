"""The training loop, its schedules, and what keeps a run resumable."""
