"""Who may give which command, and what is answered: one table, from which ``docs/reference/permissions.md`` is made, and to which every command is held."""
