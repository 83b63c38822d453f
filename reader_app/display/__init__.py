"""From stored codes to the pixels of the screen: arrays in, arrays out."""
