"""Application servers: how each is configured, and what it can take without a restart."""
