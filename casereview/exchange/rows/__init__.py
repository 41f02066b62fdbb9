"""Rows of every format read as records, every fault told."""
