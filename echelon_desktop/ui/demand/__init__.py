"""The Demand page: how much is wanted of each course, and what is wanted together."""
