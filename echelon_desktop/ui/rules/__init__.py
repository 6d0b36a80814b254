"""The Rules page: what the schedule must keep and should keep, to read, order and change."""
