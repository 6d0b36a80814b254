"""The Checks page: what was found in the school's data, and how to mend it."""
