"""Commands of this program beside the import of its sheet."""

commands = None
