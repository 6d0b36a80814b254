"""
What the desktop, the dispatcher and the workers say to each other: object keys, documents, version rules.

Standard library only, since the dispatcher's function carries it whole. docs/cloud.md describes the format;
``schema/`` holds one JSON schema per document.
"""
