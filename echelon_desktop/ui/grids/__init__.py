"""The Data page: a grid for each table of the school."""
