"""Documents survive the way, what is not one is refused by both ends, and the published schemas agree."""

import ast
import copy
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_examples import AT, EXAMPLES, INPUT, KEYS, OTHER, RUN, SHA, manifest, result

import cloud_runner.objects
import cloud_runner.wire
from cloud_runner.wire import documents as d
from cloud_runner.wire import fields, schemas
from cloud_runner.wire.errors import VersionError, WireError
from cloud_runner.wire.layout import RunKeys, is_run_id, job_name, new_run_id
from echelon_desktop.solver.result import Status, StopReason

NAMES = sorted(d.DOCUMENTS)


def changed(document: Any, **values: Any) -> bytes:
    return json.dumps(json.loads(d.write(document)) | values).encode()


def test_there_is_an_example_of_every_document() -> None:
    assert {name: type(example) for name, example in EXAMPLES.items()} == d.DOCUMENTS


@pytest.mark.parametrize("name", NAMES)
def test_a_document_comes_back_as_it_was(name: str) -> None:
    document = EXAMPLES[name]
    assert d.read(type(document), d.write(document)) == document


@pytest.mark.parametrize("name", NAMES)
def test_a_document_says_its_version_and_type(name: str) -> None:
    value = json.loads(d.write(EXAMPLES[name]))
    assert value["v"] == d.VERSION
    assert value["type"] == ("solve" if name == "message" else name)


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_that_of_the_types(name: str) -> None:
    published = (schemas.FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert published == schemas.texts()[f"{name}.json"]
    jsonschema.Draft202012Validator.check_schema(json.loads(published))


def test_nothing_else_is_published() -> None:
    assert {path.name for path in schemas.FOLDER.iterdir()} == set(schemas.texts())


# What schema and reader are to agree on: one value somewhere in a good document is put in place of another.
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([1 << 31, 1 << 54, 10_000, 1e8, -1, 0.5, 1e300]),
    st.text("aZ09-.:é", max_size=6),
    st.sampled_from([RUN, OTHER, SHA, AT, "solve", "desktop", "x" * 1001, KEYS.input, []]),
    st.lists(st.integers(0, 2), max_size=4),
    st.just({}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += places(item, (*path, key))
    return found


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_schema_and_reader_agree(name: str, data: st.DataObject) -> None:
    value = json.loads(d.write(EXAMPLES[name]))
    body = {key: item for key, item in value.items() if key != "v" and (key != "type" or name == "message")}
    *path, last = data.draw(st.sampled_from(places(body)))
    holder = body = copy.deepcopy(body)
    for key in path:
        holder = holder[key]
    if isinstance(holder, dict) and data.draw(st.booleans()):
        del holder[last]
    else:
        holder[last] = data.draw(VALUES)
    head = {key: value[key] for key in ("v", "type") if key not in body}
    if name == "message":
        head.pop("type", None)  # it is a field like the others there
    says = jsonschema.Draft202012Validator(schemas.schema(name)).is_valid(head | body)
    try:
        fields.from_json(d.DOCUMENTS[name], body)
        reads = True
    except WireError:
        reads = False
    assert reads == says


@pytest.mark.parametrize(
    "text",
    [b"", b"null", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"v": 1}', b'{"v": NaN}', b'{"v": true}'],
)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_document_is_refused(name: str, text: bytes) -> None:
    with pytest.raises(WireError):
        d.read(d.DOCUMENTS[name], text)


@given(st.binary(max_size=200))
def test_noise_is_refused_in_words(noise: bytes) -> None:
    with pytest.raises(WireError):
        d.read(d.Message, noise)


def test_a_document_of_another_type_is_refused() -> None:
    with pytest.raises(WireError, match="type must be claim"):
        d.read(d.Claim, d.write(EXAMPLES["dispatch"]))


@pytest.mark.parametrize("name", NAMES)
def test_a_newer_version_is_refused_and_says_who_must_update(name: str) -> None:
    document = EXAMPLES[name]
    with pytest.raises(VersionError) as error:
        d.read(type(document), changed(document, v=d.VERSION + 1, news=[1]))
    stack_reads_it = name in ("manifest", "message", "cancel-marker")
    assert error.value.side == ("stack" if stack_reads_it else "desktop")
    assert ("Update the stack" if stack_reads_it else "Update Echelon Desktop") in str(error.value)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_later_version_added_is_passed_over(name: str) -> None:
    document = EXAMPLES[name]
    assert d.read(type(document), changed(document, added_later={"x": 1})) == document


def test_what_an_earlier_version_lacked_takes_its_default() -> None:
    value = json.loads(d.write(manifest()))
    del value["retry_of"]
    assert d.read(d.Manifest, json.dumps(value)) == manifest()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0, 1e300, 10**400])
def test_figures_out_of_bounds_are_refused(number: float) -> None:
    text = d.write(manifest()).replace(
        b'"time_limit_s":60.0', b'"time_limit_s":%s' % json.dumps(number).encode()
    )
    with pytest.raises(WireError):
        d.read(d.Manifest, text)


@pytest.mark.parametrize("cls", d.DOCUMENTS.values())
def test_every_number_and_text_has_bounds(cls: type) -> None:
    """Without them a document could hold what is not a number, or anybody's text of any length."""
    for name, hint in fields.hints(cls).items():
        hint, limits = fields.parts_of(hint)
        hint, _ = fields.without_none(hint)
        hint, inner = fields.parts_of(hint)
        if hint in (str, int, float):
            assert limits + inner, f"{cls.__name__}.{name}"


def test_writing_checks_too() -> None:
    with pytest.raises(WireError, match="vcpu"):
        d.write(manifest(vcpu=0))


@pytest.mark.parametrize(
    ("cls", "document"),
    [
        (d.Manifest, manifest(input=d.Blob(RunKeys(OTHER).input, SHA, 1))),
        (d.Manifest, manifest(start=INPUT)),
        (d.Manifest, manifest(seeds=tuple(range(5001)), strategies=("a", "b"))),
        (d.Message, d.Message("solve", RUN, "a-bucket", RunKeys(OTHER).manifest)),
        (d.ChildResult, result(index=2)),
        (d.ChildResult, result(solution=None)),
        (d.ChildResult, result(levels=())),
    ],
)
def test_documents_speak_of_their_own_run_only(cls: Any, document: Any) -> None:
    value = {"v": 1} | ({"type": cls.TYPE} if cls.TYPE else {}) | fields.to_json(document)
    with pytest.raises(WireError):
        d.read(cls, json.dumps(value))


def test_a_message_fits_the_queue_with_room_to_spare() -> None:
    longest = d.Message("cancel", RUN, "b" * 63, KEYS.manifest)
    assert len(d.write(longest)) < d.MAX_MESSAGE_BYTES / 4
    with pytest.raises(WireError, match="larger"):
        d.read(d.Message, d.write(longest) + b" " * d.MAX_MESSAGE_BYTES)


def test_refusals_do_not_quote_what_they_refuse() -> None:
    secret = "Zacharias"
    for name, document in EXAMPLES.items():
        for key in json.loads(d.write(document)):
            try:
                d.read(d.DOCUMENTS[name], changed(document, **{key: [secret, {secret: secret}]}))
            except WireError as error:
                assert secret not in str(error)


def test_the_words_of_results_are_those_of_the_solver() -> None:
    properties = schemas.schema("result")["properties"]
    assert set(properties["status"]["enum"]) == {str(status) for status in Status}
    assert set(properties["stop_reason"]["enum"]) == {str(reason) for reason in StopReason}


def test_children_are_seeds_times_strategies() -> None:
    of_two = manifest(seeds=(5, 6), strategies=("default", "wide"))
    assert of_two.children == 4
    assert [of_two.child(i) for i in range(4)] == [
        (5, "default"),
        (5, "wide"),
        (6, "default"),
        (6, "wide"),
    ]


def test_names_are_a_random_id_and_integers() -> None:
    run = new_run_id()
    assert is_run_id(run)
    assert run != new_run_id()
    keys = RunKeys(run)
    assert keys.solution(12) == f"runs/{run}/seeds/12/result.npz"
    assert job_name(run) == f"echelon-{run}"
    for wrong in ("", "x", run.upper(), f"{run}/", "../" + run[3:], run.replace("-", "")):
        assert not is_run_id(wrong)
        with pytest.raises(ValueError, match="random UUID"):
            RunKeys(wrong)


def test_what_the_function_carries_needs_no_packages() -> None:
    """The dispatcher's zip has no packages; boto3 is Lambda's, and imported where it is used."""
    folder = Path(cloud_runner.wire.__file__).parent
    files = [*folder.glob("*.py"), Path(cloud_runner.objects.__file__)]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                ours = name.startswith(("cloud_runner.wire", "cloud_runner.objects"))
                assert ours or name.partition(".")[0] in sys.stdlib_module_names, f"{file.name}: {name}"
