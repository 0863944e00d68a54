"""Money out: requests to pay, their review, approval, audit, release and payment receipts (domain §7)."""
