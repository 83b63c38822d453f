"""How well an AI system finds what is true: detections beside the reference standard."""
