"""Streams folded into states: `evolve(state, entry)` needs no rules and never reads a clock."""
