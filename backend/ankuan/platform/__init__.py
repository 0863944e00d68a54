"""Technical ground: settings, database sessions, events, plugin host, cryptography, GraphQL building blocks."""
