"""Conditions: one tree read three ways (SQL, one case, English)."""
