"""The GraphQL interface: the rooms' parts put together, limits, error presentation, the event feed."""
