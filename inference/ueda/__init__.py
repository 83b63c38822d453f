"""The system of Ueda 2022: RetinaNet-152, one class, one view at a time."""
