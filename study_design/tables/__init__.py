"""Tables as spreadsheets of any country write them: CSV and xlsx, cells with their places."""
