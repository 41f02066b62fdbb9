"""People and their cases: day to day, moving, leaving, and as they are shown."""
