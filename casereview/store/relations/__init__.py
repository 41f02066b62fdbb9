"""Tidy relations read out of the store: what every measure is worked out from."""
