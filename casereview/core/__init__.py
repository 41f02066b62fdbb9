"""Pure rules: no database, no clock, no screen. Dates and instants are arguments."""
