"""The entries of the guest book."""
