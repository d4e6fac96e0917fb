"""The demo: a training office with invented children, in which ten weeks of a township are played through the real commands.

``screen`` shows, ``player`` runs one command after the other, ``story`` is what happens, ``sheets`` are a messy roster and a school's absence sheet.
Run it with ``python -m careflow_cli.demo``.
"""
