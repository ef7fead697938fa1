import msgspec
import pytest

from pushmw import Answer
from pushmw._http import answers

ALL = {name: each for name, each in vars(answers).items() if isinstance(each, Answer)}
ALL["unclassified"] = answers.unclassified(200, "unknown kind")
ALL["unauthorized"] = answers.unauthorized('Basic realm="pushes"')
ALL["strict"] = answers.unclassified(400, "unknown kind")

each_answer = pytest.mark.parametrize("answer", ALL.values(), ids=ALL)


@each_answer
def test_an_answer_has_the_true_length_and_a_type(answer: Answer) -> None:
    headers = dict(answer.headers)
    assert len(headers) == len(answer.headers)
    assert headers["content-length"] == str(len(answer.body))
    assert headers["content-type"]
    assert all(name == name.lower() for name in headers)


@each_answer
def test_an_answer_is_spelt_for_both_protocols(answer: Answer) -> None:
    assert answer.status_line.startswith(f"{answer.status} ")
    assert [(n.decode(), v.decode()) for n, v in answer.raw_headers] == [*answer.headers]


@each_answer
def test_all_but_success_is_a_problem_document(answer: Answer) -> None:
    if answer.body == b"ok":
        assert answer.status == 200
        return
    assert dict(answer.headers)["content-type"] == "application/problem+json"
    said = msgspec.json.decode(answer.body)
    assert said.keys() == {"title", "detail"}
    assert said["title"] == answer.status_line.partition(" ")[2]


@each_answer
def test_only_success_lets_another_application_answer(answer: Answer) -> None:
    assert not answer.passes or answer.status == 200


def test_the_statuses_are_those_of_the_documentation() -> None:
    assert {name: each.status for name, each in ALL.items()} == {
        **dict.fromkeys(["HANDLED", "NOT_OURS", "unclassified"], 200),
        **dict.fromkeys(["BAD_LENGTH", "EMPTY", "INCOMPLETE", "TOO_DEEP", "strict"], 400),
        "unauthorized": 401,
        "FORBIDDEN": 403,
        "NOTHING_HERE": 404,
        "TIMEOUT": 408,
        "NO_LENGTH": 411,
        "TOO_LARGE": 413,
        "BAD_ENCODING": 415,
        "TOO_MANY_HEADERS": 431,
        **dict.fromkeys(["FAILED", "NO_ASYNCIO", "OUR_FAILURE"], 503),
    }


def test_the_answers_that_let_another_application_answer_are_two() -> None:
    assert {name for name, each in ALL.items() if each.passes} == {"NOT_OURS", "unclassified"}


def test_what_a_wrapped_application_may_say_that_would_silence_the_host() -> None:
    assert {101, 200, 204, 299, 300, 304, 400, 404, 422, 499, 500, 503} & answers.SILENCING == {
        *(300, 304, 400, 404, 422, 499)
    }


def test_a_refusal_carries_its_answer_and_shows_its_status() -> None:
    refused = answers.Refused(answers.TOO_LARGE)
    assert refused.answer is answers.TOO_LARGE
    assert str(refused) == "413"


def test_who_is_denied_is_asked_for_credentials_only_with_a_challenge() -> None:
    assert answers.denied(None) is answers.FORBIDDEN
    assert answers.denied('Basic realm="pushes"') == ALL["unauthorized"]
    for number in range(100):
        said = answers.denied(f"Digest nonce={number}")
        assert dict(said.headers)["www-authenticate"] == f"Digest nonce={number}"
    assert answers.unauthorized.cache_info().currsize < 20
