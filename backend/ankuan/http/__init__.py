"""The web application: sign-in, files, documents, health, the single-page frontend, and the GraphQL mount."""
