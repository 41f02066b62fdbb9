"""Measures of a store: asked, answered, set beside each other, published."""
