"""Follow a run that another workstation sent."""

from pathlib import Path

from cloud_runner.client.connect import Connection
from cloud_runner.client.keytable import KeyTable
from cloud_runner.client.order import Order
from cloud_runner.client.runs import INPUT_FILE, KEYS_FILE, Child, Run, Runs, State
from cloud_runner.client.trouble import trouble_of
from cloud_runner.objects import RunObjects
from cloud_runner.wire.documents import Manifest
from cloud_runner.wire.errors import WireError
from cloud_runner.wire.layout import is_run_id
from echelon_desktop.errors import RemoteError


def attach(runs: Runs, run_id: str, connection: Connection, key_table: Path | None = None) -> Run:
    """
    Take a run into those of this workstation.

    Parameters
    ----------
    runs
        Where it is kept.
    run_id, connection
        Which, and where.
    key_table
        The sender's ``keys.json.gz``, where its owner gave it. Without it the run can be watched and
        cancelled, and its schedule means nothing here.

    Raises
    ------
    RemoteError
        If there is no such run, it is known here already, the key table is of another, or the remote cannot
        be asked.
    """
    remote = connection.remote
    if not is_run_id(run_id):
        raise RemoteError(f"{run_id!r} is not the id of a run.")
    if any(run.id == run_id for run in runs.all()):
        raise RemoteError("The run is known on this workstation already.")
    try:
        objects = RunObjects(connection.s3, remote.bucket, run_id)
        if objects.keys.manifest not in objects.list():
            raise RemoteError(f"There is no run {run_id} in {remote.name}; its data may have been deleted.")
        manifest = objects.read_document(Manifest, objects.keys.manifest)
        files = {INPUT_FILE: objects.read_blob(manifest.input)}
    except WireError as error:
        raise RemoteError(f"The run cannot be read: {error}") from error
    except Exception as error:
        trouble = trouble_of(error, remote)
        if trouble is None:
            raise
        raise RemoteError(trouble.words) from error
    if key_table is not None:
        try:
            files[KEYS_FILE] = key_table.read_bytes()
        except OSError as error:
            raise RemoteError(f"The key table cannot be read: {error.strerror}.") from error
        if KeyTable.from_bytes(files[KEYS_FILE]).input_sha256 != manifest.input.sha256:
            raise RemoteError("The key table is that of another run.")
    order = Order(
        manifest.seeds,
        manifest.strategies,
        manifest.time_limit_s,
        manifest.vcpu,
        manifest.memory_mb,
        keep_remote=True,  # its data are the sender's to delete
    )
    run = Run(
        id=run_id,
        remote=remote,
        school_path="",
        school_name="",
        school_digest="",
        created=manifest.created,
        order=order,
        input_sha256=manifest.input.sha256,
        state=State.QUEUED,
        children=tuple(
            Child(index, *manifest.child(index), State.QUEUED) for index in range(manifest.children)
        ),
        keys_here=key_table is not None,
        sent=manifest.created,
        retry_of=manifest.retry_of,
    )
    return runs.new(run, files)
