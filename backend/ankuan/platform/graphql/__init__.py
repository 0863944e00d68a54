"""Building blocks of the GraphQL interface that every room's ``graphql`` module uses."""
