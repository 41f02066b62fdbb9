"""Rule files: what they may say and how they are loaded."""
