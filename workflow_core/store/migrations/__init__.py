"""How the tables came to be, one file per step. A released step is never changed."""
