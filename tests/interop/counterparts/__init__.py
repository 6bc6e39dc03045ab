"""Charms on both ends of a relation, and what Juju does between them."""
