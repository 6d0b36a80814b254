"""The Schedule page: what a scenario gives everybody, to read, copy and print."""
