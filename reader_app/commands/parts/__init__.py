"""What the commands share: progress, signing, options."""
