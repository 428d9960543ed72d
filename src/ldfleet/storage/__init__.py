"""Where everything is kept: SQLite or PostgreSQL from one schema."""
