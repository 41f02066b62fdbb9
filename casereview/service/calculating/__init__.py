"""Methods on a plain file of figures; no store is needed."""
