"""
The container's side: solves one child of a run, and leaves nothing unsaid and little to lose.

``python -m cloud_runner.worker`` reads its task from the environment that AWS Batch gives it. It exits with 0
when there is a result, 65 when the input cannot be solved by anybody (``error.json`` says why), 75 when the
bucket could not be reached, 143 when the machine was taken away, and 1 for a mistake of its own.
"""
