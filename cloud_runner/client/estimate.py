"""What a remote solve will cost and how long it will take, roughly and beforehand."""

from dataclasses import dataclass

from cloud_runner.client.order import Order

START_LOW_S, START_HIGH_S = 60.0, 420.0  # until a machine is there with the image on it
SOONEST_S = 30.0  # many schools are proven optimal by then, and a child ends


@dataclass(frozen=True, slots=True)
class Prices:
    """
    What a machine costs, in US dollars.

    Parameters
    ----------
    vcpu_hour
        One vCPU for an hour, its memory included, On-Demand: the larger of r6i and c6i by list price in
        us-east-1 in 2025. Regions and years differ; a district's own figure is better.
    spot_share
        Of that, on Spot.
    """

    vcpu_hour: float = 0.063
    spot_share: float = 0.35


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bounds that most runs keep: dollars for the whole portfolio, seconds until it is back; and words."""

    cost_low: float
    cost_high: float
    seconds_low: float
    seconds_high: float
    words: str


def estimate(order: Order, prices: Prices = Prices()) -> Estimate:
    """
    Estimate an order.

    The low end is Spot and a proof after half a minute, with a machine for every child at once; the high end
    is On-Demand, the whole time limit, and a slow start.
    """
    soonest = min(SOONEST_S, order.time_limit_s)
    hours = order.vcpu * order.children / 3600
    low = prices.vcpu_hour * prices.spot_share * hours * (START_LOW_S + soonest)
    high = prices.vcpu_hour * hours * (START_HIGH_S + order.time_limit_s)
    seconds = (START_LOW_S + soonest, START_HIGH_S + order.time_limit_s)
    children = "1 computer" if order.children == 1 else f"{order.children:,} computers"
    words = (
        f"{children} of {order.vcpu} vCPU: about ${max(low, 0.01):,.2f} to ${max(high, 0.01):,.2f}, "
        f"back in {_minutes(seconds[0])} to {_minutes(seconds[1])} minutes."
    )
    return Estimate(low, high, *seconds, words)


def _minutes(seconds: float) -> int:
    return max(1, round(seconds / 60))
