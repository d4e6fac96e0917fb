"""A small program with papers, for the tests of the engine and of the command line."""
