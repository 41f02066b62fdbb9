"""Rows as they leave the team: small counts hidden, sums guarded."""
