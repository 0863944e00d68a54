"""Words all rooms speak: money, ids, time, case numbers, identifiers, lives, errors. Imports nothing of ours."""
