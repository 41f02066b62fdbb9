"""A file taken whole and its records written to the store."""
