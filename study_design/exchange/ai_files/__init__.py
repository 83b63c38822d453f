"""Results of AI products, in the formats that they come in."""
