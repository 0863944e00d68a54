"""The ledger: accounts, entries, holds, balances as of a date and as known at an instant (domain §4)."""
