"""Reads the API with the client generated from the OpenAPI document. Prints one JSON line per object.

client.py <base URL> <value of the session cookie> <generation id>...
"""

import json
import sys

from generated import Client
from generated.api.auth import get_me
from generated.api.generations import get_generation
from generated.api.styles import list_styles
from generated.models import (
    CompletedGeneration,
    ErrorBody,
    QueuedGeneration,
    RunningGeneration,
    UnsuccessfulGeneration,
)


def data_of(answer):
    """The data of a successful response."""
    if answer is None or isinstance(answer, ErrorBody):
        raise SystemExit(f"refused: {answer}")
    return answer.data


def describe(generation):
    """Fields that depend on the state, selected by the type of the object."""
    match generation:
        case QueuedGeneration():
            return {"queue_position": generation.queue_position}
        case RunningGeneration():
            progress = generation.progress
            return {"percent": progress.progress_percent if progress else None}
        case CompletedGeneration():
            return {"seed": generation.seed, "artist": generation.style.artist.artist_name}
        case UnsuccessfulGeneration():
            return {"error_code": generation.error_code, "refunded": generation.refunded}
    raise SystemExit(f"unknown state: {generation}")


def main(base_url, session, *ids):
    with Client(base_url, cookies={"sessionid": session}, raise_on_unexpected_status=True) as api:
        me = data_of(get_me.sync(client=api))
        print(json.dumps({"username": me.username, "role": me.role.value}))
        for style in data_of(list_styles.sync(client=api, limit=10)).results:
            print(json.dumps({"style": style.name, "training_status": style.training_status.value}))
        for id in ids:
            generation = data_of(get_generation.sync(int(id), client=api))
            print(json.dumps({"status": generation.status.value, **describe(generation)}))


main(*sys.argv[1:])
