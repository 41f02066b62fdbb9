"""Deciding: state, what is asked and the day go in; drafts of entries or a refusal come out."""
