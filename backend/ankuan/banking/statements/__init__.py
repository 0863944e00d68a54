"""Bank statements as files: MT940 and camt.053, read into rows of one form."""
