"""The database engine of the settings: Django's PostgreSQL with figures for operators and a cheaper health check."""
