"""State of the world: columns, ledger, calendar. No rules."""
