"""MONEY IN: sub-accounts, receipts, matching, claims."""
