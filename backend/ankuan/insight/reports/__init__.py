"""Reports: what plugins describe and arrange is read from the books, checked, and written to a file."""
