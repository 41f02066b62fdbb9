"""A review from its agenda to its minutes."""
