"""``care <program> import``: the command that each sheet of a program gets."""
