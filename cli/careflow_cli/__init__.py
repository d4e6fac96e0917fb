"""The command ``care``: prints, asks, and calls the engine."""
