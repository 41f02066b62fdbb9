"""What records do to the people and cases that they are about."""
