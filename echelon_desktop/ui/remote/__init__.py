"""Remote solving from the window: the stacks it knows, what is sent, and how runs are followed."""
