"""Who and what: courts, departments, staff and roles, policies, the calendar, cases and their parties."""
