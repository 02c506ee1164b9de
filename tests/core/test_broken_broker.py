"""A worker outlives its broker: what kombu does when a connection breaks while tasks are under way."""

import uuid
from collections.abc import Iterator

import pytest
from kombu.message import Message

from portal.celery import app


@pytest.fixture
def bell() -> Iterator[Message]:
    """A bell that the worker took from the real broker and has not answered, on a connection that is given up."""
    connection = app.connection_for_read()
    name = f"bell-{uuid.uuid4().hex}"
    queue = connection.SimpleQueue(name)
    queue.put("look now")
    taken = queue.get(timeout=5)
    connection.transport.client = None  # what kombu leaves of such a connection while it still has tasks to answer
    yield taken
    # closing it gave the bell back, over the connection that was gone, and the worker ended
    connection.release()
    assert not connection.connected
    with app.connection_for_write() as other:
        other.default_channel.queue_delete(name)


def test_a_connection_that_broke_is_closed_with_its_bells(bell: Message) -> None:
    assert not bell.acknowledged


def test_the_broker_keeps_no_book_of_bells_under_way(bell: Message) -> None:
    assert not bell.channel.client.hexists("unacked", bell.delivery_tag)
    bell.ack()


def test_a_worker_waits_for_its_broker_as_long_as_it_takes() -> None:
    assert app.conf.broker_connection_max_retries is None
    assert app.conf.broker_connection_retry_on_startup
