"""
The desktop's side of a remote solve, without Qt: prepare, send, follow, bring back, delete.

``remotes`` are the settings, ``prepare`` makes what leaves, ``runs`` keeps what is known of each run on this
workstation, ``follow`` moves a run on by one step at a time, ``apply`` makes a schedule of its result.
"""
