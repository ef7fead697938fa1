"""One handler for what both formats tell: upgrades, and what devices reported."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from pushmw import (
    Counts,
    DeviceReport,
    Receiver,
    ServiceReport,
    UpgradePhase,
    UpgradeProgress,
)
from pushmw.iotda import BatchTaskUpdate
from pushmw.samples import sample
from reading import FW_RESULT, FW_STATE, REPORT, SW_RESULT, SW_STATE, TASK, made, taking


def task(**body: Any) -> dict[str, Any]:
    return {f"notify_data.body.{name}": value for name, value in body.items()}


# Upgrades


@pytest.mark.parametrize(
    ("kind", "target", "values"),
    [
        (FW_STATE, "firmware", {"step": "1", "stepDesc": None}),
        (SW_STATE, "software", {"swUpgradeState": "downloading"}),
    ],
)
def test_the_state_of_one_device(kind: str, target: str, values: dict[str, Any]) -> None:
    told = made(UpgradeProgress, kind, operationId="task", deviceId="meter", **values)
    assert told == UpgradeProgress(
        event=told.event,
        task_id="task",
        target=target,
        state=UpgradePhase.DOWNLOADING,
        device_id="meter",
    )


@pytest.mark.parametrize(
    ("kind", "target", "outcome", "words"),
    [
        (FW_RESULT, "firmware", "status", "statusDesc"),
        (SW_RESULT, "software", "swUpgradeResult", "resultDesc"),
    ],
)
def test_the_end_for_one_device(kind: str, target: str, outcome: str, words: str) -> None:
    versions = {"curVersion": "2.0", "targetVersion": "3.0", "sourceVersion": "1.0"}
    values = {outcome: "FAIL", words: "flash is full", **versions}
    told = made(UpgradeProgress, kind, operationId="task", deviceId="meter", **values)
    assert told == UpgradeProgress(
        event=told.event,
        task_id="task",
        target=target,
        state=UpgradePhase.FAILED,
        device_id="meter",
        current_version="2.0",
        target_version="3.0",
        source_version="1.0",
        description="flash is full",
    )


@pytest.mark.parametrize(("kind", "words"), [(FW_RESULT, "statusDesc"), (SW_RESULT, "resultDesc")])
def test_versions_and_words_that_are_not_told_are_none(kind: str, words: str) -> None:
    untold = dict.fromkeys(("curVersion", "targetVersion", "sourceVersion", words))
    told = made(UpgradeProgress, kind, **untold)
    assert (told.current_version, told.target_version) == (None, None)
    assert (told.source_version, told.description) == (None, None)


@pytest.mark.parametrize(
    ("task_type", "target"),
    [
        ("firmwareUpgrade", "firmware"),
        ("softwareUpgrade", "software"),
        ("cameraUpgrade", "camera"),
    ],
)
def test_the_state_of_a_task_over_many_devices(task_type: str, target: str) -> None:
    values = task(task_id="t", task_type=task_type, status="Fail", status_desc="2 of 3")
    told = made(UpgradeProgress, TASK, **values)
    assert told == UpgradeProgress(
        event=told.event,
        task_id="t",
        target=target,
        state=UpgradePhase.FAILED,
        description="2 of 3",
    )
    assert (told.device_id, told.current_version, told.target_version) == (None, None, None)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("idle", UpgradePhase.IDLE),
        ("downloading", UpgradePhase.DOWNLOADING),
        ("downloaded", UpgradePhase.DOWNLOADED),
        ("updating", UpgradePhase.UPDATING),
        (" Downloaded ", UpgradePhase.DOWNLOADED),
        ("UPDATING", UpgradePhase.UPDATING),
        ("succeeded", UpgradePhase.UNKNOWN),  # a word of ours, not of the platform
        ("rebooting", UpgradePhase.UNKNOWN),
        ("", UpgradePhase.UNKNOWN),
        (None, UpgradePhase.UNKNOWN),
    ],
)
def test_states_of_devices(word: str | None, state: UpgradePhase) -> None:
    assert made(UpgradeProgress, SW_STATE, swUpgradeState=word).state is state
    assert made(UpgradeProgress, FW_STATE, stepDesc=word, step=None).state is state


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("0", UpgradePhase.IDLE),
        (1, UpgradePhase.DOWNLOADING),
        ("2", UpgradePhase.DOWNLOADED),
        (3, UpgradePhase.UPDATING),
        ("4", UpgradePhase.UNKNOWN),
        ("two", UpgradePhase.UNKNOWN),
    ],
)
def test_steps_of_firmware(step: Any, state: UpgradePhase) -> None:
    assert made(UpgradeProgress, FW_STATE, step=step, stepDesc=None).state is state


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SUCCESS", UpgradePhase.SUCCEEDED),
        ("SUCCESSFUL", UpgradePhase.SUCCEEDED),
        ("success", UpgradePhase.SUCCEEDED),
        (" Success ", UpgradePhase.SUCCEEDED),
        ("FAIL", UpgradePhase.FAILED),
        ("FAILED", UpgradePhase.FAILED),
        ("updating", UpgradePhase.UNKNOWN),  # no outcome
        ("MAYBE", UpgradePhase.UNKNOWN),
        ("", UpgradePhase.UNKNOWN),
        (None, UpgradePhase.UNKNOWN),
    ],
)
def test_outcomes_of_devices(word: str | None, state: UpgradePhase) -> None:
    assert made(UpgradeProgress, FW_RESULT, status=word).state is state
    assert made(UpgradeProgress, SW_RESULT, swUpgradeResult=word).state is state


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Waitting", UpgradePhase.IDLE),
        ("Waiting", UpgradePhase.IDLE),
        ("Processing", UpgradePhase.UPDATING),
        ("Success", UpgradePhase.SUCCEEDED),
        ("PartialSuccess", UpgradePhase.FAILED),
        ("Fail", UpgradePhase.FAILED),
        ("Stopped", UpgradePhase.FAILED),
        ("PROCESSING ", UpgradePhase.UPDATING),
        ("downloading", UpgradePhase.UNKNOWN),  # of no task
        ("Paused", UpgradePhase.UNKNOWN),
        ("", UpgradePhase.UNKNOWN),
        (None, UpgradePhase.UNKNOWN),
    ],
)
def test_states_of_tasks(word: str | None, state: UpgradePhase) -> None:
    values = task(task_type="firmwareUpgrade", status=word)
    assert made(UpgradeProgress, TASK, **values).state is state


@pytest.mark.parametrize("task_type", ["softReboot", "createCommands", "Upgrades", "", None])
@pytest.mark.parametrize("way", ["handle", "ahandle", "inline"])
def test_a_task_that_is_no_upgrade_is_not_taken(task_type: str | None, way: str) -> None:
    push = Receiver()
    seen = taking(push, UpgradeProgress, inline=way == "inline")

    @push.on(UpgradeProgress)
    async def awaited(progress: UpgradeProgress) -> None:
        seen.append(progress)

    body = sample(TASK, **task(task_type=task_type))
    answer = push.handle(body) if way == "handle" else asyncio.run(push.ahandle(body))
    assert (answer.status, answer.body) == (200, b"ok")
    assert (seen, push.counts) == ([], Counts(unhandled=1))


def test_a_task_that_is_no_upgrade_goes_to_who_takes_the_rest() -> None:
    push, rest = Receiver(), list[Any]()
    seen = taking(push, UpgradeProgress)
    push.unhandled(rest.append)
    for task_type in ("softReboot", "firmwareUpgrade"):
        push.handle(sample(TASK, **task(task_type=task_type)))
    assert [type(event) for event in rest] == [BatchTaskUpdate]
    assert [progress.target for progress in seen] == ["firmware"]
    assert push.counts == Counts(handled=2)


# Reports


@pytest.mark.parametrize("member", ["service", "services"])
def test_services_of_the_legacy_format(member: str) -> None:
    several = member == "services"
    kind = "deviceDatasChanged" if several else "deviceDataChanged"
    services: list[Any] = [
        {"serviceId": "Battery", "data": {"level": 7}, "eventTime": "20210405T060708Z"},
        {"serviceId": "Battery", "data": {}, "eventTime": None},
    ]
    value = services if several else services[0]
    told = made(DeviceReport, kind, deviceId="d", gatewayId="g", **{member: value})
    expected = (
        ServiceReport(service_id="Battery", data={"level": 7}, event_time="20210405T060708Z"),
        ServiceReport(service_id="Battery", data={}),
    )
    assert told == DeviceReport(
        event=told.event,
        services=expected if several else expected[:1],
        device_id="d",
        gateway_id="g",
    )


def test_services_of_iotda() -> None:
    values: dict[str, Any] = {
        "notify_data.header.device_id": "d",
        "notify_data.header.gateway_id": "g",
        "notify_data.body.services": [
            {"service_id": "Battery", "properties": {"level": 7}, "event_time": "2021-04-05"},
            {"service_id": "Lamp", "properties": None},
        ],
    }
    told = made(DeviceReport, REPORT, **values)
    assert told == DeviceReport(
        event=told.event,
        services=(
            ServiceReport(service_id="Battery", data={"level": 7}, event_time="2021-04-05"),
            ServiceReport(service_id="Lamp", data={}),
        ),
        device_id="d",
        gateway_id="g",
    )


NOON, LATER = "20210405T120000Z", "20210405T130000Z"


@pytest.mark.parametrize(
    ("times", "hour"),
    [
        ((NOON, LATER), 12),
        ((LATER, NOON), 13),
        ((None, LATER), 13),
        (("yesterday", LATER), 13),
        (("2021-04-05T13:00:00+01:00", None), 12),
        ((None, None), 11),
        ((), 11),
    ],
)
def test_a_report_has_the_time_of_the_first_service_that_has_one(times: Any, hour: int) -> None:
    listed = [{"service_id": "S", "properties": {}, "event_time": time} for time in times]
    values: dict[str, Any] = {
        "notify_data.body.services": listed,
        "event_time": "20210405T110000Z",
        "event_time_ms": None,
    }
    told = made(DeviceReport, REPORT, **values)
    assert told.occurred_at == datetime(2021, 4, 5, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (NOON, datetime(2021, 4, 5, 12, tzinfo=UTC)),
        ("2021-04-05T12:00:00.250Z", datetime(2021, 4, 5, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_each_service_has_its_time(text: str | None, moment: datetime | None) -> None:
    service = ServiceReport(service_id="Battery", data={}, event_time=text)
    assert service.occurred_at == moment


def test_a_report_that_does_not_say_when_has_no_time() -> None:
    told = made(DeviceReport, "deviceDataChanged", **{"service.eventTime": None})
    assert told.occurred_at is None
