"""The function between the queue and AWS Batch: one message becomes one job, however often it comes."""

from cloud_runner.dispatcher.dispatch import handler

__all__ = ["handler"]
