"""Where the machines start: the account's default network, unless IT names another."""

from collections.abc import Sequence
from typing import Any

from echelon_desktop.errors import RemoteError


def choose(session: Any, vpc: str = "", subnets: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """
    The network and its subnets.

    Parameters
    ----------
    vpc, subnets
        What IT named; the default VPC, and the subnets that AWS made in it, when left out.

    Raises
    ------
    RemoteError
        If there is no default VPC, or the VPC has no subnets; the message says what to name.
    """
    ec2 = session.client("ec2")
    if not vpc:
        found = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
        if not found:
            raise RemoteError(
                "The account has no default VPC in this region. Name a network with --vpc and --subnets: "
                "its subnets need a way out to the internet."
            )
        vpc = found[0]["VpcId"]
    if not subnets:
        wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default-for-az", "Values": ["true"]}]
        subnets = sorted(subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=wanted)["Subnets"])
    if not subnets:
        raise RemoteError(f"The network {vpc} has no default subnets. Name some with --subnets.")
    return vpc, tuple(subnets)
