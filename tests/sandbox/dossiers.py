"""Webhooks as the portal sends them."""

import hashlib
import json
import secrets
from datetime import UTC, datetime

import httpx
from standardwebhooks.webhooks import Webhook

from tests.sandbox.programs import Program


def dossier(code: str, *, files: list[tuple[str, bytes, str]] = ()) -> dict:
    """Return a dossier as a webhook carries it; files are (name, bytes, url)."""
    return {
        "code": code,
        "procedure_code": "1.001612",
        "procedure_name": "Đăng ký thành lập hộ kinh doanh",
        "agency_code": "H17.1",
        "submitted_at": "2026-11-20T08:00:00+07:00",
        "due_at": "2026-11-25T17:00:00+07:00",
        "applicant": {"full_name": "Võ Quốc Huy", "personal_id": "048090999005"},
        "answers": {"ten_ho_kinh_doanh": "Quán Thử Nghiệm"},
        "components": [
            {
                "code": "TP01",
                "name": "Giấy đề nghị đăng ký",
                "files": [
                    {
                        "name": name,
                        "size_bytes": len(content),
                        "content_sha256": hashlib.sha256(content).hexdigest(),
                        "content_type": "application/pdf",
                        "url": url,
                    }
                    for name, content, url in files
                ],
            }
        ],
    }


def new_code(prefix: str = "H17.1-261122") -> str:
    return f"{prefix}-{secrets.randbelow(10**8):08d}"


def deliver(
    program: Program,
    kind: str,
    content: dict,
    *,
    webhook_id: str = "",
    tamper: bool = False,
    at: datetime | None = None,
) -> httpx.Response:
    """Send one signed webhook; tampered ones are changed after signing."""
    return send(program, kind, {"dossier": content}, webhook_id=webhook_id, tamper=tamper, at=at)


def send(
    program: Program, kind: str, data: dict, *, webhook_id: str = "", tamper: bool = False, at: datetime | None = None
) -> httpx.Response:
    """Send one signed message with this `data`."""
    webhook_id, now = webhook_id or f"msg_{secrets.token_hex(8)}", at or datetime.now(UTC)
    body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False)
    secret = program.environment[f"SANDBOX_{program.name.upper()}_WEBHOOK_SECRET"]
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, now, body),
        "content-type": "application/json",
    }
    if tamper:
        body = body.replace("Huy", "Hủy")
    return program.http.post("/webhooks/portal", content=body.encode(), headers=headers)
