"""The U-statistic analysis of reader studies: random readers and cases, any design."""
