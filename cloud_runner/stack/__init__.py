"""
The cloud of one school: its template, and what the district's IT does with it.

``python -m cloud_runner.stack setup`` deploys it and prints the settings to paste, ``check`` tries what the
desktop may do and what it may not, ``restore`` brings back a deleted run, ``teardown`` removes all of it.
docs/cloud-it-guide.md tells the whole way.
"""
