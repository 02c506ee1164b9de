"""The open catalogue: what programs read without signing in."""
