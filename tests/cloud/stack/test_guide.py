"""The guide for IT says what is so: its commands parse, its sums are right, its names are the template's."""

import re
import shlex

import pytest
from template_text import Text

from cloud_runner.client.estimate import Prices
from cloud_runner.stack import bundle
from cloud_runner.stack.__main__ import OPTIONS, _parser
from cloud_runner.stack.refusals import ACTIONS

GUIDE = (bundle.ROOT / "docs" / "cloud-it-guide.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^python -m cloud_runner\.stack (.+)$", GUIDE, re.MULTILINE)


def rows(first_cell: str) -> list[list[str]]:
    """Cells of the table whose heading begins with a word."""
    lines = GUIDE.split(f"\n| {first_cell} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def prices() -> dict[str, float]:
    return {name.split(",")[0].split(" for ")[0]: float(price) for name, price in rows("price")}


def test_every_command_is_shown() -> None:
    assert {command.split()[0] for command in COMMANDS} == {"setup", "check", "restore", "teardown"}


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_understood(command: str) -> None:
    assert _parser().parse_args(shlex.split(command)).run


def test_options_and_their_defaults_are_the_templates() -> None:
    declared = Text().template["Parameters"]
    table = {option: cells[1] for cells in rows("option") for option in re.findall(r"--([a-z-]+)", cells[0])}
    assert set(OPTIONS) - set(table) == {"public-addresses"}
    for option in ("max-vcpus", "spot-price-limit", "budget", "machines"):
        assert table[option] == str(declared[OPTIONS[option][0]]["Default"])
    joined = {"run-max-vcpus": "RunMaxVcpus", "run-max-memory-mb": "RunMaxMemoryMb"}
    assert table["run-max-vcpus"] == ", ".join(str(declared[name]["Default"]) for name in joined.values())
    kept = ("KeepRunsDays", "KeepVersionsDays", "KeepLogsDays")
    assert table["keep-runs-days"] == ", ".join(str(declared[name]["Default"]) for name in kept)


def test_prices_are_those_of_the_windows_estimate() -> None:
    assert prices()["r6i"] == Prices().vcpu_hour
    assert prices()["Spot"] == Prices().spot_share


def test_sums_of_runs() -> None:
    for _, vcpu, minutes, on_demand, spot in rows("run"):
        cost = int(vcpu) * int(minutes) / 60 * prices()["r6i"]
        assert float(on_demand) == pytest.approx(cost, abs=0.005)
        assert float(spot) == pytest.approx(cost * prices()["Spot"], abs=0.005)


def test_sum_of_a_stack_that_stands_still() -> None:
    alarms = len(Text().all_of("AWS::CloudWatch::Alarm"))
    images = 5 * 0.3
    price = prices()
    cost = price["one key"] + alarms * price["one alarm"] + images * price["one GB of images"]
    assert f"costs about ${cost:.2f} a month" in GUIDE


def test_sum_at_worst() -> None:
    text = Text()
    most = sum(
        environment["ComputeResources"]["MaxvCpus"]
        * (environment["ComputeResources"].get("BidPercentage", 100) / 100)
        for environment in text.all_of("AWS::Batch::ComputeEnvironment").values()
    )
    (said,) = re.findall(r"= \$([\d.]+) a day", GUIDE)
    assert float(said) == pytest.approx(most * 24 * prices()["r6i"], abs=0.005)


def test_refusals_are_counted() -> None:
    numbers = {18: "eighteen"}
    assert f"and {numbers[len(ACTIONS)]} that it must be refused" in GUIDE


@pytest.mark.parametrize(
    "label",
    [
        "Remote solving",
        "Paste settings",
        "Test connection",
        "Keep the data on AWS afterwards",
        "Delete on AWS",
    ],
)
def test_what_the_guide_says_to_press_is_in_the_window(label: str) -> None:
    assert f"*{label}*" in GUIDE or f", {label}" in GUIDE
    sources = (bundle.ROOT / "echelon_desktop" / "ui").rglob("*.py")
    assert any(label in source.read_text(encoding="utf-8") for source in sources)
