"""Files taken in and taken back, files that leave."""
