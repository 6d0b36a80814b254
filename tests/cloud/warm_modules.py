"""Loaded once by the process that warm programs are forked from: what a worker and a desktop need."""

import os

import boto3

import cloud_runner.dispatcher
import cloud_runner.worker.work
from echelon_desktop.model.sample import make_school
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.search import chain
from echelon_desktop.solver.solve import solve_problem

# boto3 reads its service models once in a session; nothing is asked of any address here.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "emulated",
    "AWS_SECRET_ACCESS_KEY": "emulated",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
for _service in ("s3", "batch", "sqs"):
    boto3.client(_service, region_name="us-east-1", endpoint_url="http://127.0.0.1:9")

_made = make_school(students=12, seed=1)
_problem, _ = compile_school(_made.school, _made.rules, NO_SCHEDULE)
solve_problem(_problem, Params(time_limit_s=5.0, workers=1, seed=1))
chain.warmup().wait()

assert cloud_runner.dispatcher
assert cloud_runner.worker.work
