"""Jobs of the emulated Batch run, fail, are tried again, reclaimed, terminated and limited as on AWS."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.retry import OUT_OF_MEMORY, TIMED_OUT

# A job that tells that it has started, and answers SIGTERM with exit code 143.
PATIENT = """
import signal, sys, threading
ending = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ending.set())
print("ready")
ending.wait()
sys.exit(143)
"""
DEAF = """
import signal, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready")
threading.Event().wait()
"""
TELLS = """
import os
for name in ("AWS_BATCH_JOB_ATTEMPT", "AWS_BATCH_JOB_ARRAY_INDEX", "GIVEN", "AWS_SECURITY_TOKEN"):
    print(name, os.environ.get(name, "-"))
"""


class Jobs:
    """Submits jobs that run a piece of Python, and waits for them."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud, self.batch = cloud, cloud.client("batch")
        cloud.machines.images["python"] = ("-c",)

    def submit(
        self, code: str, *, retries: dict[str, Any] | None = None, timeout_s: int | None = None, **more: Any
    ) -> str:
        definition = self.batch.register_job_definition(
            jobDefinitionName="python",
            type="container",
            containerProperties={
                "image": "python",
                "command": [code],
                "environment": [{"name": "GIVEN", "value": "by the definition"}],
                "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
            },
            retryStrategy=retries or {},
            **({"timeout": {"attemptDurationSeconds": timeout_s}} if timeout_s else {}),
        )["jobDefinitionArn"]
        job_id: str = self.batch.submit_job(
            jobName="test", jobQueue=self.cloud.resources.job_queue, jobDefinition=definition, **more
        )["jobId"]
        return job_id

    def described(self, job_id: str) -> dict[str, Any]:
        (job,) = self.batch.describe_jobs(jobs=[job_id])["jobs"]
        return job

    def ended(self, job_id: str) -> dict[str, Any]:
        assert self.cloud.machines.wait(lambda: self.cloud.machines.jobs[job_id].ended)
        return self.described(job_id)

    def ready(self, job_id: str, attempt: int = 1) -> None:
        """Wait until an attempt of a patient job has printed its line."""

        def printed() -> bool:
            job = self.cloud.machines.jobs[job_id]
            return len(job.attempts) >= attempt and job.lines == attempt

        assert self.cloud.machines.wait(printed)

    def log(self, stream: str) -> list[str]:
        events = self.cloud.client("logs").get_log_events(logGroupName="/aws/batch/job", logStreamName=stream)
        return [event["message"] for event in events["events"]]


@pytest.fixture
def jobs(cloud: Cloud) -> Jobs:
    return Jobs(cloud)


def codes(job: dict[str, Any]) -> list[int]:
    return [attempt["container"]["exitCode"] for attempt in job["attempts"]]


def test_a_job_runs_with_its_command_and_environment_and_its_log_is_kept(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECURITY_TOKEN", "the user's own")
    override = {"environment": [{"name": "GIVEN", "value": "by the run"}]}
    job = jobs.ended(jobs.submit(TELLS, containerOverrides=override))
    assert (job["status"], job["container"]["exitCode"], codes(job)) == ("SUCCEEDED", 0, [0])
    assert jobs.log(job["container"]["logStreamName"]) == [
        "AWS_BATCH_JOB_ATTEMPT 1",
        "AWS_BATCH_JOB_ARRAY_INDEX -",
        "GIVEN by the run",
        "AWS_SECURITY_TOKEN -",
    ]


def test_a_failed_job_says_its_exit_code_and_is_not_tried_again_without_a_strategy(jobs: Jobs) -> None:
    job = jobs.ended(jobs.submit("raise SystemExit(65)"))
    assert (job["status"], job["container"]["exitCode"], codes(job)) == ("FAILED", 65, [65])


def test_attempts_are_made_until_one_succeeds(jobs: Jobs) -> None:
    code = "import os, sys; sys.exit(0 if os.environ['AWS_BATCH_JOB_ATTEMPT'] == '3' else 7)"
    job = jobs.ended(jobs.submit(code, retries={"attempts": 5}))
    assert (job["status"], codes(job)) == ("SUCCEEDED", [7, 7, 0])
    assert len({attempt["container"]["logStreamName"] for attempt in job["attempts"]}) == 3


def test_the_last_attempt_decides(jobs: Jobs) -> None:
    assert codes(jobs.ended(jobs.submit("raise SystemExit(7)", retries={"attempts": 2}))) == [7, 7]


def test_an_array_has_a_child_for_each_index_and_fails_with_one_of_them(jobs: Jobs) -> None:
    code = TELLS + "raise SystemExit(os.environ['AWS_BATCH_JOB_ARRAY_INDEX'] == '1')"
    array = jobs.submit(code, arrayProperties={"size": 3})
    described = jobs.ended(array)
    assert described["status"] == "FAILED"
    assert described["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 2
    children = jobs.batch.list_jobs(arrayJobId=array)["jobSummaryList"]
    assert [child["arrayProperties"]["index"] for child in children] == [0, 1, 2]
    assert [child["container"]["exitCode"] for child in children] == [0, 1, 0]
    stream = jobs.described(f"{array}:2")["container"]["logStreamName"]
    assert "AWS_BATCH_JOB_ARRAY_INDEX 2" in jobs.log(stream)


def test_listing_a_queue_names_the_array_and_not_its_children(jobs: Jobs) -> None:
    array = jobs.submit("", arrayProperties={"size": 2})
    listed = jobs.batch.list_jobs(
        jobQueue=jobs.cloud.resources.job_queue, filters=[{"name": "JOB_NAME", "values": ["test"]}]
    )["jobSummaryList"]
    named = [job["jobId"] for job in listed if job["jobId"].startswith(array)]
    assert named == [array]
    assert jobs.ended(array)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("size", [1, 10_001])
def test_an_array_of_a_size_that_aws_refuses_is_refused(jobs: Jobs, size: int) -> None:
    with pytest.raises(ClientError, match="Array size"):
        jobs.submit("", arrayProperties={"size": size})


def test_a_reclaimed_machine_gives_notice_and_the_job_is_tried_again(jobs: Jobs) -> None:
    job_id = jobs.submit(PATIENT, retries={"attempts": 2})
    jobs.ready(job_id)
    assert jobs.cloud.machines.reclaim(job_id)
    jobs.ready(job_id, attempt=2)
    assert jobs.cloud.machines.reclaim(job_id)
    job = jobs.ended(job_id)
    assert codes(job) == [143, 143]
    assert all(attempt["statusReason"].startswith("Host EC2") for attempt in job["attempts"])


def test_a_lost_host_gives_none(jobs: Jobs) -> None:
    job_id = jobs.submit(PATIENT)
    jobs.ready(job_id)
    assert jobs.cloud.machines.lose_host(job_id)
    job = jobs.ended(job_id)
    assert (codes(job), job["statusReason"][:8]) == ([137], "Host EC2")
    assert not jobs.cloud.machines.lose_host(job_id)


def test_memory_that_is_used_up_is_the_reason_and_a_rule_can_name_it(jobs: Jobs) -> None:
    rule = {"onReason": "OutOfMemory*", "action": "EXIT"}
    job_id = jobs.submit(PATIENT, retries={"attempts": 3, "evaluateOnExit": [rule]})
    jobs.ready(job_id)
    assert jobs.cloud.machines.run_out_of_memory(job_id)
    job = jobs.ended(job_id)
    assert (codes(job), job["container"]["reason"]) == ([137], OUT_OF_MEMORY)


def test_a_terminated_job_keeps_the_reason_and_is_not_tried_again(jobs: Jobs) -> None:
    job_id = jobs.submit(PATIENT, retries={"attempts": 3})
    jobs.ready(job_id)
    jobs.batch.terminate_job(jobId=job_id, reason="cancelled by the user")
    job = jobs.ended(job_id)
    assert (codes(job), job["statusReason"]) == ([143], "cancelled by the user")


def test_a_job_that_waits_for_a_machine_can_be_terminated(jobs: Jobs) -> None:
    jobs.cloud.machines.hold(True)
    job_id = jobs.submit(PATIENT)
    assert jobs.cloud.machines.wait(lambda: jobs.cloud.machines.jobs[job_id].status == "RUNNABLE")
    jobs.batch.terminate_job(jobId=job_id, reason="cancelled by the user")
    job = jobs.ended(job_id)
    assert (job["status"], job["statusReason"], codes(job)) == ("FAILED", "cancelled by the user", [])


def test_terminating_an_array_ends_its_children(jobs: Jobs) -> None:
    array = jobs.submit(PATIENT, arrayProperties={"size": 2})
    for index in range(2):
        jobs.ready(f"{array}:{index}")
    jobs.batch.terminate_job(jobId=array, reason="cancelled by the user")
    assert jobs.ended(array)["status"] == "FAILED"
    assert codes(jobs.described(f"{array}:1")) == [143]


def test_a_job_that_ignores_the_notice_is_killed(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs.cloud.machines, "grace_s", 0.01)
    job_id = jobs.submit(DEAF)
    jobs.ready(job_id)
    jobs.batch.terminate_job(jobId=job_id, reason="cancelled by the user")
    assert codes(jobs.ended(job_id)) == [137]


def test_the_time_limit_ends_an_attempt_for_good(jobs: Jobs) -> None:
    job = jobs.ended(jobs.submit(PATIENT, retries={"attempts": 3}, timeout_s=1))
    assert (job["status"], job["statusReason"], len(job["attempts"])) == ("FAILED", TIMED_OUT, 1)


def test_a_job_waits_for_those_it_depends_on(jobs: Jobs) -> None:
    first = jobs.submit(PATIENT)
    second = jobs.submit("", dependsOn=[{"jobId": first}])
    jobs.ready(first)
    assert jobs.described(second)["status"] == "PENDING"
    jobs.batch.terminate_job(jobId=first, reason="to see what follows")
    assert jobs.ended(second)["status"] == "FAILED"
