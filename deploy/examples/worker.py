#!/usr/bin/env python3
"""An example GPU worker for Style License, without a GPU.

It implements the whole protocol between the platform and its workers (docs/workers.md) and paints an image
instead of running a model (painting.py; storage.py accesses the buckets). Use it as a starting point for a
worker. It is also an independent client in end-to-end tests.

Protocol
    1. Connect to RabbitMQ. Declare `model_training` or `image_generation` durable, without arguments. Take
       one message at a time (prefetch 1).
    2. A message is a JSON task: `task_id`, `type`, `data`, `callback_url`, `attempt`. `callback_url` is the
       webhook for success. The webhooks for progress and failure differ in the last path segment.
    3. Work outside the thread of the connection, because pika sends heartbeats only while that thread is idle.
    4. Report progress from time to time. The first report marks the task as taken. After a long silence the
       platform considers the worker lost.
    5. Store the result, then call `complete` or `failed` once, with a timeout of 10 s.
    6. Acknowledge the message after that call, whatever the answer was.

Environment
    AMQP_URL, or RABBITMQ_HOST, _PORT, _USER, _PASS, _VHOST     broker (default: guest at localhost)
    INTERNAL_API_TOKEN                                          bearer token of the webhooks (required)
    AWS_STORAGE_BUCKET_NAME, AWS_PRIVATE_BUCKET_NAME            public bucket (required), private bucket
    AWS_S3_ENDPOINT_URL, AWS_S3_REGION_NAME, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY      storage
    WORKER_<OPTION>                     default of a command line option, e.g. WORKER_ONCE=1, WORKER_SILENT=1

Every event is a JSON object on one line of standard output, with `event` and `at` (Unix seconds):
    ready, taken, progress, uploaded, waiting, silent, completed, failed, acked, abandoned, rejected,
    ack_lost, disconnected, stopped. Events of webhooks have `http` (null if unreachable) and `body`.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import botocore.exceptions
import pika
import pika.exceptions
import requests
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection

import painting
from storage import Storage

QUEUES = {"training": "model_training", "inference": "image_generation"}
WEBHOOK_TIMEOUT_SECONDS = 10
RECONNECT_SECONDS = 2
REPORTS_PER_TASK = 4
_print_lock = threading.Lock()


class Stopped(Exception):
    """The worker was stopped during a task."""


def emit(event: str, **fields: object) -> None:
    with _print_lock:
        print(json.dumps({"event": event, "at": round(time.time(), 3), **fields}), flush=True)


@dataclass(frozen=True)
class Options:
    once: int | None
    queues: list[str]
    fail_code: str | None
    fail_first: int | None
    duplicates: int
    late: float
    no_progress: bool
    silent: bool
    send_task_id: bool
    old_keys: bool


def parse_options(arguments: list[str]) -> Options:
    def env(name: str, default: str | None = None) -> str | None:
        return os.environ.get(f"WORKER_{name}", default)

    def flag(name: str) -> bool:
        return env(name, "") in ("1", "true", "yes")

    parser = argparse.ArgumentParser(description="Example GPU worker for Style License.")
    add = parser.add_argument
    add("--once", type=int, default=env("ONCE"), metavar="N", help="exit after N tasks")
    add("--queues", default=env("QUEUES", "training,inference"), help="training, inference or both")
    add("--fail", default=env("FAIL"), metavar="CODE[:N]", help="report CODE for the first N tasks (default: "
        "all); after INFERENCE_ERROR the task is still completed, as real workers do")
    add("--duplicates", type=int, default=env("DUPLICATES", "1"), metavar="N", help="send N concurrent completions")
    add("--late", type=float, default=env("LATE", "0"), metavar="SECONDS", help="wait before completing")
    add("--no-progress", action="store_true", default=flag("NO_PROGRESS"), help="send no progress")
    add("--silent", action="store_true", default=flag("SILENT"), help="take a task, report progress once "
        "and never finish, like a lost worker")
    add("--send-task-id", action="store_true", default=flag("SEND_TASK_ID"), help="add task_id to bodies")
    add("--old-keys", action="store_true", default=flag("OLD_KEYS"), help="ignore result_key and "
        "result_upload_url, store results as generations/gen-<id>.png")
    chosen = parser.parse_args(arguments)
    queues = [name.strip() for name in chosen.queues.split(",") if name.strip()]
    if not queues or set(queues) - set(QUEUES):
        parser.error(f"--queues takes {' and '.join(QUEUES)}")
    code, _, first = (chosen.fail or "").partition(":")
    if first and not first.isdigit():
        parser.error("--fail takes CODE or CODE:N")
    if chosen.duplicates < 1 or chosen.late < 0 or (chosen.once is not None and chosen.once < 1):
        parser.error("--once and --duplicates start at 1, --late at 0")
    return Options(chosen.once, queues, code or None, int(first) if first else None, chosen.duplicates,
                   chosen.late, chosen.no_progress, chosen.silent, chosen.send_task_id, chosen.old_keys)


@dataclass(frozen=True)
class Task:
    """A message from the platform."""

    task_id: str
    kind: str
    data: dict[str, Any]
    callback_url: str
    attempt: int

    @classmethod
    def parse(cls, body: bytes) -> Task:
        message = json.loads(body)
        kind = {queue: kind for kind, queue in QUEUES.items()}[message["type"]]
        task = cls(message["task_id"], kind, message["data"], message["callback_url"], int(message["attempt"]))
        task.subject()
        return task

    def subject(self) -> dict[str, int]:
        """The style or generation, as a field of webhook bodies."""
        key = "style_id" if self.kind == "training" else "generation_id"
        return {key: int(self.data[key])}

    def event_fields(self) -> dict[str, object]:
        """Fields of the task in every event."""
        return {"kind": self.kind, **self.subject(), "task_id": self.task_id, "attempt": self.attempt}


class Worker:
    """Processes one task at a time, in its own thread."""

    def __init__(self, options: Options, storage: Storage, token: str) -> None:
        self.options = options
        self.storage = storage
        self.stop = threading.Event()
        self._token = token
        self._taken = 0

    def work(self, task: Task) -> bool:
        """Processes a task. Returns whether it was reported, so that its message can be acknowledged."""
        self._taken += 1
        first = self.options.fail_first
        fail_code = self.options.fail_code if first is None or self._taken <= first else None
        try:
            if self.options.silent:
                self._progress(task, 0.0)
                emit("silent", **task.event_fields())
                return False
            if fail_code:
                self._progress(task, 0.0)
                self._failed(task, fail_code, "asked for by --fail")
                if fail_code != "INFERENCE_ERROR":
                    return True
            body = self._train(task) if task.kind == "training" else self._generate(task)
            if self.options.late > 0:
                emit("waiting", **task.event_fields(), seconds=self.options.late)
                if self.stop.wait(self.options.late):
                    raise Stopped
            self._complete(task, body)
        except Stopped:
            emit("abandoned", **task.event_fields())  # not acknowledged, so the broker redelivers it
            return False
        except MemoryError:
            self._failed(task, "OOM_ERROR", "out of memory")
        except requests.RequestException as error:  # its text may contain the presigned URL, a secret
            http = error.response.status_code if error.response is not None else type(error).__name__
            self._failed(task, "NETWORK_ERROR", f"upload refused: {http}")
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            self._failed(task, "NETWORK_ERROR", f"storage: {error}")
        except Exception as error:  # every failure must be reported
            code = "TRAINING_ERROR" if task.kind == "training" else "GENERATION_ERROR"
            self._failed(task, code, f"{type(error).__name__}: {error}")
        return True

    def _train(self, task: Task) -> dict[str, Any]:
        style_id, images = int(task.data["style_id"]), task.data["images"]
        palette: list[painting.Colour] = []
        for index, address in enumerate(images):
            if index * REPORTS_PER_TASK // len(images) > (index - 1) * REPORTS_PER_TASK // len(images):
                self._progress(task, index / len(images))
            palette.append(painting.mean_colour(self.storage.get(address)))
        model = painting.encode_model(style_id, palette)
        key = f"models/style-{style_id}/adapter_model.safetensors"
        path = self.storage.put(self.storage.private_bucket, key, model, "application/octet-stream")
        emit("uploaded", **task.event_fields(), via="s3", address=path, size=len(model))
        metric = {"loss": painting.spread(palette), "epochs": task.data["parameters"]["epochs"]}
        return {"model_path": path, "training_metric": metric}

    def _generate(self, task: Task) -> dict[str, Any]:
        data, parameters = task.data, task.data["parameters"]
        self._progress(task, 0.0)
        palette = painting.decode_model(self.storage.get(data["lora_path"]))
        signature = self.storage.get(data["signature_path"]) if data.get("signature_path") else None
        for report in range(1, REPORTS_PER_TASK):
            self._progress(task, report / REPORTS_PER_TASK)
        seed, size = parameters["seed"], (parameters["width"], parameters["height"])
        picture = painting.paint(palette, data["prompt"], seed, *size)
        if signature is not None:
            painting.sign(picture, signature, data.get("signature_config") or {})
        address = self._store_result(task, painting.encode_png(picture, data["prompt"], seed))
        metadata = {"seed": seed, "steps": parameters["steps"], "guidance_scale": parameters["cfg_scale"]}
        return {"result_url": address, "metadata": metadata}

    def _store_result(self, task: Task, png: bytes) -> str:
        key, upload_url = task.data.get("result_key"), task.data.get("result_upload_url")
        if self.options.old_keys or not key:
            key, upload_url = f"generations/gen-{task.data['generation_id']}.png", None
        address = f"s3://{self.storage.public_bucket}/{key}"
        if upload_url:
            # The presigned URL needs no token and no storage credentials.
            response = requests.put(upload_url, data=png, headers={"Content-Type": "image/png"}, timeout=60)
            response.raise_for_status()
        else:
            self.storage.put(self.storage.public_bucket, key, png, "image/png")
        via = "presigned" if upload_url else "s3"
        emit("uploaded", **task.event_fields(), via=via, address=address, size=len(png))
        return address

    def _progress(self, task: Task, part: float) -> None:
        if self.stop.is_set():
            raise Stopped
        if self.options.no_progress:
            return
        training = task.kind == "training"
        total = int(task.data["parameters"]["epochs" if training else "steps"])
        current = int(total * part)
        names = ("current_epoch", "total_epochs") if training else ("current_step", "total_steps")
        progress = {names[0]: current, names[1]: total, "progress_percent": int(100 * part),
                    "estimated_seconds": total - current}
        self._call("progress", "PATCH", task, {"progress": progress})

    def _complete(self, task: Task, body: dict[str, Any]) -> None:
        copies = self.options.duplicates
        barrier = threading.Barrier(copies)

        def send(copy: int) -> None:
            barrier.wait()
            self._call("completed", "POST", task, body, copy=copy)

        threads = [threading.Thread(target=send, args=(copy,)) for copy in range(1, copies + 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _failed(self, task: Task, code: str, message: str) -> None:
        body: dict[str, Any] = {"error_message": message[:1000], "error_code": code}
        if task.kind == "inference":
            body["retry_count"] = task.attempt - 1
        self._call("failed", "POST", task, body, code=code)

    def _call(self, event: str, method: str, task: Task, body: dict[str, Any], **fields: object) -> None:
        """Calls a webhook once. A failed call is not repeated, because the platform handles lost reports."""
        path = {"completed": "complete"}.get(event, event)
        body = {**task.subject(), **body}
        if self.options.send_task_id:
            body["task_id"] = task.task_id
        headers = {"Authorization": f"Bearer {self._token}", "X-Request-Source": f"{task.kind}-server"}
        http: int | None = None
        answer: object
        try:
            url = f"{task.callback_url.rpartition('/')[0]}/{path}"
            response = requests.request(method, url, json=body, headers=headers, allow_redirects=False,
                                        timeout=WEBHOOK_TIMEOUT_SECONDS)
            http = response.status_code
            answer = response.json()
        except ValueError:  # includes the errors of requests for a body that is not JSON
            answer = None
        except requests.RequestException as error:
            answer = type(error).__name__
        emit(event, **task.event_fields(), **fields, http=http, body=answer)


class Consumer:
    """Takes messages from the broker and passes them to the worker. Reconnects after errors."""

    def __init__(self, worker: Worker, parameters: pika.connection.Parameters) -> None:
        self._worker = worker
        self._parameters = parameters
        self._finished = 0
        self._running: list[Future[None]] = []
        self._thread = ThreadPoolExecutor(max_workers=1)

    def run(self) -> None:
        while not self._worker.stop.is_set():
            try:
                self._consume()
            except pika.exceptions.AMQPError as error:
                emit("disconnected", error=f"{type(error).__name__}: {error}")
                self._worker.stop.wait(RECONNECT_SECONDS)
        self._thread.shutdown(wait=True)

    def _consume(self) -> None:
        connection = BlockingConnection(self._parameters)
        channel = connection.channel()
        channel.basic_qos(prefetch_count=1)
        for name in self._worker.options.queues:
            channel.queue_declare(QUEUES[name], durable=True)
            channel.basic_consume(QUEUES[name], functools.partial(self._on_message, connection))
        emit("ready", queues=[QUEUES[name] for name in self._worker.options.queues])
        while not (self._worker.stop.is_set() and all(future.done() for future in self._running)):
            connection.process_data_events(time_limit=0.2)  # heartbeats, deliveries and acknowledgements
        connection.close()

    def _on_message(self, connection: BlockingConnection, channel: BlockingChannel, method: Any,
                    _properties: object, body: bytes) -> None:
        try:
            task = Task.parse(body)
        except (ValueError, KeyError, TypeError) as error:
            channel.basic_reject(method.delivery_tag, requeue=False)
            emit("rejected", error=f"{type(error).__name__}: {error}")
            return
        self._running = [future for future in self._running if not future.done()]
        self._running.append(self._thread.submit(self._handle, connection, channel, method, task))

    def _handle(self, connection: BlockingConnection, channel: BlockingChannel, method: Any,
                task: Task) -> None:
        if self._worker.stop.is_set():
            return
        emit("taken", **task.event_fields(), redelivered=method.redelivered)
        if not self._worker.work(task):
            return
        acked = threading.Event()

        def acknowledge() -> None:
            channel.basic_ack(method.delivery_tag)
            acked.set()

        try:
            connection.add_callback_threadsafe(acknowledge)
            done = acked.wait(WEBHOOK_TIMEOUT_SECONDS)
        except pika.exceptions.AMQPError:
            done = False
        # If the acknowledgement is lost, the broker delivers the task again, maybe to another worker.
        emit("acked" if done else "ack_lost", **task.event_fields())
        self._finished += 1
        if self._finished == self._worker.options.once:
            self._worker.stop.set()


def broker_parameters() -> pika.connection.Parameters:
    if os.environ.get("AMQP_URL"):
        return pika.URLParameters(os.environ["AMQP_URL"])
    env = os.environ.get
    credentials = pika.PlainCredentials(env("RABBITMQ_USER", "guest"), env("RABBITMQ_PASS", "guest"))
    return pika.ConnectionParameters(env("RABBITMQ_HOST", "localhost"), int(env("RABBITMQ_PORT", "5672")),
                                     env("RABBITMQ_VHOST", "/"), credentials)


def main() -> int:
    options = parse_options(sys.argv[1:])
    missing = [name for name in ("INTERNAL_API_TOKEN", "AWS_STORAGE_BUCKET_NAME") if not os.environ.get(name)]
    if missing:
        print(f"worker.py: set {' and '.join(missing)}", file=sys.stderr)
        return 2
    public = os.environ["AWS_STORAGE_BUCKET_NAME"]
    private = os.environ.get("AWS_PRIVATE_BUCKET_NAME") or f"{public}-private"
    worker = Worker(options, Storage(public, private), os.environ["INTERNAL_API_TOKEN"])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: worker.stop.set())
    Consumer(worker, broker_parameters()).run()
    emit("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
