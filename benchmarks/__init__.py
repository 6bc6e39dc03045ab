"""What the library and its runner cost, beside what they stand on. ``make bench`` runs it all."""
