"""Checks what crossed the wire against the vendors' own Python packages.

usage: check.py EXCHANGES URL

EXCHANGES is a JSON file of recorded exchanges: every request must be one that the vendor's typed
parameters allow, and every answer one that the vendor's model classes take. Then the same requests
are sent with the vendor's own client to the scripted model at URL, whole and streamed, and both
ways must bring the same.
"""

import json
import sys
import typing
from collections.abc import Iterator

import anthropic
import openai
from anthropic.types.beta import BetaMessage
from anthropic.types.beta import message_create_params as beta_params
from anthropic.types import Message, message_create_params
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, completion_create_params
from openai.types.responses import Response, response_create_params
from pydantic import TypeAdapter, ValidationError

# An Iterable is checked when it is read, and so never; a List is checked at once. The annotations
# are still text, so what the name means can be said now.
for module in list(sys.modules.values()):
    if module.__name__.startswith(("openai.types", "anthropic.types")):
        if hasattr(module, "Iterable"):
            module.Iterable = typing.List

ADAPTERS = {}


def adapter(kind):
    if kind not in ADAPTERS:
        ADAPTERS[kind] = TypeAdapter(kind)
    return ADAPTERS[kind]


def read(value):
    """Reads what is checked on reading after all: some names were bound before."""
    if isinstance(value, dict):
        return {key: read(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, Iterator)):
        return [read(inner) for inner in value]
    return value


def computer_tool(request):
    kinds = [tool.get("type", "") for tool in request.get("tools", [])]
    return next((kind for kind in kinds if kind.startswith("computer_")), None)


def types(exchange):
    wire, request = exchange["wire"], exchange["request"]
    if wire == "chat":
        return completion_create_params.CompletionCreateParamsNonStreaming, ChatCompletion
    if wire == "responses":
        return response_create_params.ResponseCreateParamsNonStreaming, Response
    if computer_tool(request):
        return beta_params.MessageCreateParamsNonStreaming, BetaMessage
    return message_create_params.MessageCreateParamsNonStreaming, Message


def check_types(exchange):
    params, answer = types(exchange)
    sent = read(adapter(params).validate_python(exchange["request"]))
    # What the parameters don't have is left out by the check.
    assert sent == exchange["request"], (sent, exchange["request"])
    adapter(answer).validate_json(exchange["response"])


def check_the_check(exchange):
    """What no vendor would take must not pass: an unknown key, at the top or further inside."""
    inside = next(key for key in ("messages", "input") if key in exchange["request"])
    for path in ([], [inside, 0]):
        wrong = json.loads(json.dumps(exchange))
        place = wrong["request"]
        for key in path:
            place = place[key]
        place["no_such_key"] = 1
        try:
            check_types(wrong)
        except (AssertionError, ValidationError):
            continue
        raise AssertionError(f"an unknown key in {path} passed")


def plain(answer):
    """An answer without what differs from one to the next."""
    def clean(value):
        if isinstance(value, dict):
            passing = {"id", "call_id", "created_at", "usage", "index", "parsed_arguments", "parsed",
                       # Streams of chats have none.
                       "annotations"}
            return {key: clean(it) for key, it in value.items() if key not in passing and it is not None}
        if isinstance(value, list):
            return [clean(it) for it in value]
        return value

    return clean(answer.model_dump())


def check_client(exchange, url):
    request = exchange["request"]
    if exchange["wire"] == "messages":
        client = anthropic.Anthropic(base_url=url, api_key="any", max_retries=0)
        _, answer = types(exchange)
        if answer is BetaMessage:
            date = computer_tool(request).removeprefix("computer_")
            # The toolset needs no mark.
            beta = [f"computer-use-{date[:4]}-{date[4:6]}-{date[6:]}"] if date.isdigit() else []
            whole = client.beta.messages.create(**request, betas=beta)
            with client.beta.messages.stream(**request, betas=beta) as stream:
                streamed = stream.get_final_message()
        else:
            whole = client.messages.create(**request)
            with client.messages.stream(**request) as stream:
                streamed = stream.get_final_message()
        assert whole.usage.input_tokens is not None
    else:
        client = openai.OpenAI(base_url=url + "/v1", api_key="any", max_retries=0)
        if exchange["wire"] == "chat":
            whole = client.chat.completions.create(**request)
            state = ChatCompletionStreamState()
            with client.chat.completions.create(**request, stream=True) as stream:
                for chunk in stream:
                    state.handle_chunk(chunk)
            streamed = state.get_final_completion()
        else:
            whole = client.responses.create(**request)
            with client.responses.create(**request, stream=True) as stream:
                events = list(stream)
            numbers = [event.sequence_number for event in events]
            assert numbers == list(range(len(events))), numbers
            streamed = events[-1].response
    one, other = plain(whole), plain(streamed)
    assert one == other, f"whole: {one}\nstreamed: {other}"


def main():
    file, url = sys.argv[1:]
    with open(file, encoding="utf-8") as text:
        exchanges = json.load(text)
    faults = 0
    for number, exchange in enumerate(exchanges):
        for check in (check_types, check_the_check, lambda it: check_client(it, url)):
            try:
                check(exchange)
            except Exception as error:  # noqa: BLE001: whatever the vendor's package raises.
                faults += 1
                print(f"{exchange['name']}: {type(error).__name__}: {error}", file=sys.stderr)
                print(json.dumps(exchange["request"])[:2000], file=sys.stderr)
    print(f"{len(exchanges)} exchanges, {faults} faults; openai {openai.__version__}, "
          f"anthropic {anthropic.__version__}")
    return 1 if faults or not exchanges else 0


if __name__ == "__main__":
    sys.exit(main())
