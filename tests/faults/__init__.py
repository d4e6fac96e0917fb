"""What befalls an office, with real processes: killed, starved, cut off, overtaken."""
