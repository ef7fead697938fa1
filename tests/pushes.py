"""Pushes, good and bad, and what their answers have in common."""

import json
import logging
from typing import Any

import pytest

from pushmw.samples import sample
from wire import Reply

# In every bad body, so that it can be looked for where no payload may be.
SECRET = "tiger-4711"

PUSH = sample("deviceDataChanged", deviceId=SECRET)
OTHER = sample("deviceDeleted", deviceId=SECRET)


def nested(depth: int) -> bytes:
    """Write a push whose deepest value lies in ``depth`` arrays and objects."""
    data: Any = SECRET * 30
    for _ in range(depth - 3):
        data = [data]
    return sample("deviceDataChanged", **{"service.data": {"deep": data}})


def assert_ok(reply: Reply) -> None:
    assert (reply.status, reply.body) == (200, b"ok")
    assert reply.header("content-type") == "text/plain; charset=utf-8"
    assert reply.header("content-length") == "2"


def assert_problem(reply: Reply, status: int, detail: str = "") -> None:
    """See an answer of the receiver's own that says what is wrong and nothing else."""
    assert reply.status == status
    assert reply.header("content-type") == "application/problem+json"
    assert reply.header("content-length") == str(len(reply.body))
    problem = json.loads(reply.body)
    assert problem.keys() == {"title", "detail"}
    assert all(isinstance(text, str) and text for text in problem.values())
    assert detail in problem["detail"]
    assert SECRET.encode() not in reply.body
    assert SECRET not in repr(reply.headers)


def ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Give what the receiver has logged, without the servers' records and asyncio's."""
    return [record for record in caplog.records if record.name == "pushmw"]
