"""People's room: the command line."""
