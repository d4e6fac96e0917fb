"""The command line ``care``: reads words, asks, calls the engine, prints. It knows no program."""
