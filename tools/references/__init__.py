"""What the pages of ``docs/reference`` are made of: a module for each page, each with ``page() -> str``. Nothing is written down twice."""
