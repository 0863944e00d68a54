"""Proof: what must always hold is looked for again, beside the constraints that should have kept it (domain §4)."""
