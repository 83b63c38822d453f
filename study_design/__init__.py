"""What is studied and what happened: words, images, cases, plan and record of a reader study."""
