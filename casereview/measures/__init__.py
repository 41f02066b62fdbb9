"""Defined statistics over tidy relations."""
