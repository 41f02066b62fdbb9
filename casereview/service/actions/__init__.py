"""Work that somebody owns."""
