"""The proxy cuts where it is told, and leaves the cloud in the state that a cut there leaves."""

from collections.abc import Callable

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.proxy import (
    After,
    Answer,
    Before,
    CutAnswer,
    CutRequest,
    Fault,
    LoseAnswer,
    Refuse,
)

PUT, GET = "PUT */proxied", "GET */proxied"
BODY = bytes(range(256)) * 64


@pytest.fixture
def put(cloud: Cloud) -> Callable[..., None]:
    def put(fault: Fault | None = None) -> None:
        proxy = cloud.proxy()
        if fault is not None:
            proxy.on(PUT, fault)
        s3 = cloud.client("s3", proxy.endpoint)
        s3.put_object(Bucket=cloud.resources.bucket, Key="proxied", Body=BODY)

    cloud.client("s3").delete_object(Bucket=cloud.resources.bucket, Key="proxied")
    return put


def stored(cloud: Cloud) -> bytes | None:
    try:
        answer = cloud.client("s3").get_object(Bucket=cloud.resources.bucket, Key="proxied")
    except ClientError:
        return None
    body: bytes = answer["Body"].read()
    return body


def test_without_a_fault_everything_passes_and_is_remembered(cloud: Cloud) -> None:
    proxy = cloud.proxy(remember=True)
    s3 = cloud.client("s3", proxy.endpoint)
    s3.put_object(Bucket=cloud.resources.bucket, Key="proxied", Body=BODY)
    assert s3.get_object(Bucket=cloud.resources.bucket, Key="proxied")["Body"].read() == BODY
    sent, fetched = proxy.exchanges
    assert BODY in sent.body
    assert b"amz-sdk-invocation-id" in sent.head
    assert fetched.answer.endswith(BODY)


def test_requests_are_named_by_their_operation_where_they_have_one(cloud: Cloud) -> None:
    proxy = cloud.proxy()
    cloud.client("sqs", proxy.endpoint).get_queue_attributes(
        QueueUrl=cloud.resources.queue_url, AttributeNames=["All"]
    )
    cloud.client("batch", proxy.endpoint).list_jobs(jobQueue=cloud.resources.job_queue)
    assert proxy.names == ["AmazonSQS.GetQueueAttributes", "POST /v1/listjobs"]


@pytest.mark.parametrize(
    ("fault", "kept"),
    [(Refuse(), None), (CutRequest(100), None), (LoseAnswer(), BODY), (CutAnswer(0), BODY)],
    ids=lambda value: type(value).__name__,
)
def test_a_cut_upload_is_stored_or_not(
    cloud: Cloud, put: Callable[..., None], fault: Fault, kept: bytes | None
) -> None:
    if isinstance(fault, CutAnswer):  # the head has arrived, and there is nothing else
        put(fault)
    else:
        with pytest.raises(BotoCoreError):
            put(fault)
    assert stored(cloud) == kept


def test_a_cut_download_is_noticed(cloud: Cloud, put: Callable[..., None]) -> None:
    put()
    proxy = cloud.proxy()
    proxy.on(GET, CutAnswer(1000))
    with pytest.raises(BotoCoreError):
        cloud.client("s3", proxy.endpoint).get_object(Bucket=cloud.resources.bucket, Key="proxied")[
            "Body"
        ].read()


def test_an_answer_can_be_given_in_the_clouds_place(cloud: Cloud, put: Callable[..., None]) -> None:
    body = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
    with pytest.raises(ClientError, match="ExpiredToken"):
        put(Answer(400, body))
    assert stored(cloud) is None


def test_functions_are_called_before_and_after(cloud: Cloud, put: Callable[..., None]) -> None:
    seen = []
    put(Before(lambda exchange: seen.append(stored(cloud))))
    put(After(lambda exchange: seen.append(stored(cloud))))
    assert seen == [None, BODY]


def test_a_fault_strikes_as_often_as_it_is_told_and_skips_what_it_is_told(cloud: Cloud) -> None:
    proxy = cloud.proxy()
    rule = proxy.on("GET *", Refuse(), skip=1, times=2)
    s3 = cloud.client("s3", proxy.endpoint)

    def works() -> bool:
        try:
            s3.list_objects_v2(Bucket=cloud.resources.bucket)
        except BotoCoreError:
            return False
        return True

    assert [works() for _ in range(4)] == [True, False, False, True]
    assert rule.struck.is_set()


def test_a_network_that_is_down_is_down_for_everything(cloud: Cloud, put: Callable[..., None]) -> None:
    proxy = cloud.proxy()
    proxy.down = True
    with pytest.raises(BotoCoreError):
        cloud.client("s3", proxy.endpoint).list_buckets()
    proxy.clear()
    cloud.client("s3", proxy.endpoint).list_buckets()
