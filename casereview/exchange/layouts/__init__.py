"""What a layout file says: which column is what, how its words, dates and facts are read."""
