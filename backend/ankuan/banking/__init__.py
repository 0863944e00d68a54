"""BANKING: what banks say (lines, answers, statements) and what is ordered from them (the instruction machine)."""
