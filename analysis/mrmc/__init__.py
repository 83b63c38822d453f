"""Multi-reader multi-case analysis: readers and cases as samples of those to come."""
