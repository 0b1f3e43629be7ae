"""A Hub's limits as they are written on the command line: ``owner_storage=5GB``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace

from autograde.errors import HubRefused
from autograde.hub.config import Limits
from autograde.i18n.translation import messages

_ = messages("cli")

#: The largest limit, which is the largest number that the Hub's database can compare.
LARGEST_LIMIT = 2**63 - 1
#: A limit's value: a number, in bytes where it is a size, also with a unit such as MB. More than 19 digits are never
#: allowed, and int() raises ValueError for more than 4300.
_NUMBER = re.compile(r"(\d{1,19})\s*(|kb|mb|gb|tb)", re.IGNORECASE)
_UNITS = ("", "kb", "mb", "gb", "tb")


def changed_limits(given: Sequence[str]) -> Limits:
    """Return the Hub's limits, with those changed that are given as ``NAME=NUMBER``, such as ``owner_storage=5GB``.

    Raises:
        HubRefused: a limit does not exist, or its value is not a number from 1 to :data:`LARGEST_LIMIT`.
    """
    changed = {}
    for setting in given:
        name, __, value = setting.partition("=")
        if name.strip() not in {limit.name for limit in fields(Limits)}:
            names = ", ".join(limit.name for limit in fields(Limits))
            raise HubRefused(
                _("There is no limit {name}.").format(name=name), _("Choose one of: {names}.").format(names=names)
            )
        number = _NUMBER.fullmatch(value.strip())
        size = int(number[1]) * 1000 ** _UNITS.index(number[2].lower()) if number else 0
        if not 0 < size <= LARGEST_LIMIT:
            raise HubRefused(
                _("{setting} is not a limit.").format(setting=setting),
                _("Write NAME=NUMBER; sizes in bytes, or as 500MB or 5GB."),
            )
        changed[name.strip()] = size
    return replace(Limits(), **changed)
