"""What the sandbox programs share: look, keys, health, failure switch, background threads, the HTTP client."""
