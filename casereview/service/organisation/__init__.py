"""The store's house: users, teams, posts, calendars, kinds of contact."""
