"""Each request of schemathesis comes from another network, as far as the node is told: else a limit would answer all but the first."""

import itertools

import schemathesis

count = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    n = next(count)
    case.headers = {**(case.headers or {}), "X-Forwarded-For": f"10.{n >> 8 & 255}.{n & 255}.1"}
