"""Defined statistics: one function for each measure over the tidy relations, in narwhals."""
