"""What is printed and drawn of a result: tables, figures, Methods, files."""
