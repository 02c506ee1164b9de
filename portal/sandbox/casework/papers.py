"""Fetching the papers of a case from the portal, with its token, and checking each digest."""

import hashlib
import logging

import httpx
from django.utils import timezone

from portal.sandbox.casework.models import Paper
from portal.sandbox.casework.transports import transport
from portal.sandbox.common.background import ring
from portal.sandbox.common.http import client, is_portal_url, next_try_at

logger = logging.getLogger("sandbox.papers")
GIVE_UP_AFTER = 6  # refusals; an outage is retried for ever
LARGEST_BYTES = 100 * 1024 * 1024


class PaperProblem(Exception):
    """The portal answered, but not with the announced bytes."""


def fetch_due() -> None:
    for paper in Paper.objects.filter(state=Paper.State.WAITING, next_try_at__lte=timezone.now())[:50]:
        _fetch(paper)
        ring("steps")


def _fetch(paper: Paper) -> None:
    paper.attempts += 1
    try:
        if not is_portal_url(paper.url):
            paper.state = Paper.State.MISSING
            raise PaperProblem("Địa chỉ tệp không nằm trên Cổng")
        digest, size = _download(paper)
        if digest != paper.content_sha256:
            paper.state = Paper.State.MISMATCH
            raise PaperProblem(f"Tệp nhận được dài {size} byte và có mã băm khác: {digest[:12]}…")
        paper.state, paper.last_error = Paper.State.FETCHED, ""
    except PaperProblem as problem:
        paper.last_error = str(problem)
        paper.refusals += 1
        if paper.state == Paper.State.WAITING and paper.refusals >= GIVE_UP_AFTER:
            paper.state = Paper.State.MISSING
    except httpx.HTTPError as problem:
        paper.last_error = f"Không gọi được Cổng ({type(problem).__name__})"
    if paper.state != Paper.State.FETCHED:
        logger.warning("paper_not_fetched case=%s paper=%s why=%s", paper.case_id, paper.pk, paper.last_error)
    paper.next_try_at = next_try_at(paper.attempts)
    paper.save()


def _download(paper: Paper) -> tuple[str, int]:
    """Write the bytes beside their final place, move them there when complete; returns digest and size."""
    token = transport().bearer()
    draft = paper.path.with_suffix(".part")
    draft.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with client().stream("GET", paper.url, headers={"Authorization": f"Bearer {token}"}) as response:
        if response.status_code == 401:
            transport().forget(token)
        if response.status_code >= 500:
            raise httpx.HTTPStatusError("server error", request=response.request, response=response)
        if response.status_code != 200:
            raise PaperProblem(f"Cổng trả lời mã {response.status_code}")
        with draft.open("wb") as file:
            for chunk in response.iter_bytes():
                size += len(chunk)
                if size > LARGEST_BYTES:
                    raise PaperProblem("Tệp lớn hơn 100 MB")
                digest.update(chunk)
                file.write(chunk)
    if digest.hexdigest() == paper.content_sha256:
        draft.replace(paper.path)
    else:
        draft.unlink()
    return digest.hexdigest(), size
