"""Who is asking and what they may do: credentials, sessions, tokens, the one permission decision."""
