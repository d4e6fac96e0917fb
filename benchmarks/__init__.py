"""Measurements of careflow beside floors and peers, in one run each: ``make bench``."""
