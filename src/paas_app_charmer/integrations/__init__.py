"""One module for each interface that the library speaks, named like the interface."""
