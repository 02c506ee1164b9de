"""Settings by situation: dev (embedded, one machine), test, prod. Only this package reads the environment."""
