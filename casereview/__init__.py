"""The case-review and discharge-decision engine."""
