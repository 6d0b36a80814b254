"""Importing a folder of files: what is in it, what it means, what it would change."""
