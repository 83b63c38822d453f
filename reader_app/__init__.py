"""The reading station, and the windows of coordinator and statistician."""
