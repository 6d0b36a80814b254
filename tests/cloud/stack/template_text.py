"""The template as text, with its conditions decided and its references put in: what moto does not read."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from cloud_runner.stack.deploy import TEMPLATE

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "echelon-oakhill",
    "AWS::URLSuffix": "amazonaws.com",
}
_NOTHING = object()


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as its long ones."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if tag == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


_Loader.add_multi_constructor("!", _long_form)


class Text:
    """
    The template's resources, of those that its conditions let stand.

    Parameters
    ----------
    parameters
        Other than the defaults.
    """

    def __init__(self, **parameters: str) -> None:
        self.template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)
        declared = self.template["Parameters"]
        self.values: dict[str, Any] = PSEUDO | {
            k: v["Default"] for k, v in declared.items() if "Default" in v
        }
        self.values |= {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"], "AlarmEmail": "it@oakhill.example"}
        self.values |= {"DispatcherKey": "stack/dispatcher.zip", "ImageDigest": "sha256:0"} | parameters
        self.resources = {
            name: resource
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self._holds({"Condition": resource["Condition"]})
        }

    def properties(self, name: str) -> dict[str, Any]:
        """Properties of a resource; what AWS names stands as ``<Resource>`` or ``<Resource.Attribute>``."""
        return self._put_in(self.resources[name]["Properties"])  # type: ignore[no-any-return]

    def all_of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties of all resources of a type."""
        return {name: self.properties(name) for name, r in self.resources.items() if r["Type"] == kind}

    def _holds(self, condition: Any) -> bool:
        ((function, given),) = condition.items()
        if function == "Condition":
            return self._holds(self.template["Conditions"][given])
        if function == "Fn::Not":
            return not self._holds(given[0])
        assert function == "Fn::Equals", function
        left, right = map(self._put_in, given)
        return bool(left == right)

    def _put_in(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self._put_in, value) if item is not _NOTHING]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((function, given),) = value.items()
            if function == "Ref":
                return _NOTHING if given == "AWS::NoValue" else self.values.get(given, f"<{given}>")
            if function == "Fn::GetAtt":
                return f"<{'.'.join(given)}>"
            if function == "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda m: str(self.values.get(m[1], f"<{m[1]}>")), given)
            if function == "Fn::If":
                name, yes, no = given
                return self._put_in(yes if self._holds({"Condition": name}) else no)
            if function == "Fn::Base64":
                return given
        inner = {key: self._put_in(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item is not _NOTHING}
