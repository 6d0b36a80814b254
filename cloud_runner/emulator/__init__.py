"""
The cloud on one's own machine: emulated S3, SQS and Batch on loopback, whose jobs truly run.

S3, SQS and the control side of Batch are moto's; what moto leaves out is here: jobs as local processes with
attempts, retry rules, time limits and arrays (:mod:`.jobs`), the queue that calls the dispatcher as Lambda
would (:mod:`.pump`), and faults on demand, of machines (:mod:`.machines`) and of the network (:mod:`.proxy`).
Tests and ``echelon cloud-demo`` use it; it is no part of a remote solve on AWS.
"""
