"""The emulated cloud, whole: started and stopped by one object."""

import logging
import os
import threading
from contextlib import ExitStack
from typing import Any, Self
from urllib.request import Request, urlopen

import boto3
import moto.batch.models
from botocore.config import Config
from moto.server import ThreadedMotoServer

from cloud_runner.emulator.jobs import EmulatedJob
from cloud_runner.emulator.machines import Machines
from cloud_runner.emulator.programs import CREDENTIALS, clean_environment
from cloud_runner.emulator.proxy import Proxy
from cloud_runner.emulator.pump import Pump
from cloud_runner.emulator.resources import Resources, Settings, make_resources

HANDLER = "cloud_runner.dispatcher:handler"  # as the template has it


class Cloud:
    """
    Emulated S3, SQS and Batch on loopback, with the stack's resources in them.

    One at a time in a process, since moto's state belongs to the process.

    Parameters
    ----------
    settings
        Times and limits.
    at_once
        Jobs that run at the same time.
    """

    def __init__(self, settings: Settings | None = None, *, at_once: int = 2) -> None:
        self.settings, self.at_once = settings or Settings.of_template(), at_once
        # With the emulated cloud's credentials; whatever the user's are, they stay out of this.
        self.session = boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=self.settings.region,
        )
        self.dispatcher_more: dict[str, str] = {}
        self.clients: dict[tuple[str, str], Any] = {}
        self.lock = threading.Lock()
        self.proxies: list[Proxy] = []
        self.resources: Resources
        self.machines: Machines
        self.pump: Pump

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything; returns when runs can be sent."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request
        os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # a second of work for nothing
        with ExitStack() as ending:
            self._start(ending)
            self.ending = ending.pop_all()

    def _start(self, ending: ExitStack) -> None:
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        ending.callback(_stop, server)
        self.address = server.get_host_and_port()
        self.endpoint = "http://{}:{}".format(*self.address)
        # What an earlier cloud of this process has left.
        urlopen(Request(f"{self.endpoint}/moto-api/reset", method="POST")).close()
        self.machines = Machines(self.endpoint, self.settings.region, at_once=self.at_once)
        ending.callback(self.machines.close)
        ending.callback(setattr, moto.batch.models, "Job", moto.batch.models.Job)
        moto.batch.models.Job = self.make_job  # type: ignore[misc,assignment]
        self.resources = make_resources(self.session, self.endpoint, self.settings)
        self.pump = Pump(
            self.client("sqs"),
            self.resources.queue_url,
            self.resources.queue_arn,
            HANDLER,
            self.dispatcher_environment(self.endpoint),
            self.machines.folder,
        )
        self.pump.start()
        ending.callback(self.pump.stop)

    def stop(self) -> None:
        """End everything: no process, thread or port stays."""
        for proxy in self.proxies:
            proxy.stop()
        self.ending.close()

    def make_job(self, *args: Any, **kwargs: Any) -> EmulatedJob:
        """Stand in for moto's class of jobs."""
        return EmulatedJob(self.machines, *args, **kwargs)

    def clear(self) -> None:
        """Take back every fault: machines are free, messages are taken, proxies let everything through."""
        self.machines.hold(False)
        self.machines.endpoint = self.endpoint
        self.dispatch_through(self.endpoint)
        self.pump.pause(False)
        for proxy in self.proxies:
            proxy.stop()
        self.proxies.clear()

    def dispatch_through(self, endpoint: str) -> None:
        """Have the dispatcher reach the cloud by another address, such as a proxy's."""
        environment = self.dispatcher_environment(endpoint)
        if environment != self.pump.environment:
            self.pump.environment = environment
            self.pump.kill_handler()

    def client(self, service: str, endpoint: str | None = None) -> Any:
        """A client of one service, of this cloud or of a proxy before it."""
        key = (service, endpoint or self.endpoint)
        with self.lock:
            if key not in self.clients:  # a tenth of a second each
                config = Config(retries={"total_max_attempts": 1})
                self.clients[key] = self.session.client(service, endpoint_url=key[1], config=config)
            return self.clients[key]

    def proxy(self, *, remember: bool = False) -> Proxy:
        """Put a proxy before the cloud; it ends with it."""
        proxy = Proxy(self.address, remember=remember)
        proxy.start()
        self.proxies.append(proxy)
        return proxy

    def dispatcher_environment(self, endpoint: str) -> dict[str, str]:
        """What the stack gives the dispatcher, and the endpoint it reaches AWS by."""
        return clean_environment(endpoint, self.settings.region) | {
            "AWS_LAMBDA_FUNCTION_NAME": "dispatcher",
            "ECHELON_JOB_QUEUE": self.resources.job_queue,
            "ECHELON_JOB_DEFINITION": self.resources.job_definition,
            "ECHELON_MAX_VCPU": "32",
            "ECHELON_MAX_MEMORY_MB": "262144",
            **self.dispatcher_more,
        }


def _stop(server: ThreadedMotoServer) -> None:
    server.stop()
    if server._server is not None:  # moto leaves its port open
        server._server.server_close()
