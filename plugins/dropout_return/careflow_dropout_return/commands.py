"""The commands of dropout return beside those that every program has (`import`): none so far."""
