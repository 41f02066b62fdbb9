"""Data only: pathways, review packs, code lists, facts and the condition grammar."""
