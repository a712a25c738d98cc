"""Who may come in: accounts, their roles, sessions and the record of what they did."""
