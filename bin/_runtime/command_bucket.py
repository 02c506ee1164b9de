"""Make the bucket that STORAGE_URL names, where it does not exist yet; run once before the portal's first start."""

import argparse
import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.exceptions import ClientError

from _runtime import console


def main(arguments: list[str]) -> int:
    """Run `bucket`."""
    argparse.ArgumentParser(prog="bucket", description=__doc__).parse_args(arguments)
    file = os.environ.get("STORAGE_URL_FILE")
    url = os.environ.get("STORAGE_URL") or (Path(file).read_text().strip() if file else "")
    parts = urlsplit(url)
    if parts.scheme != "s3":
        console.say("STORAGE_URL names no bucket; nothing to do")
        return 0
    query = parse_qs(parts.query)
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    client = boto3.client(
        "s3",
        endpoint_url=f"{'http' if query.get('insecure') else 'https'}://{host}",
        aws_access_key_id=unquote(parts.username or ""),
        aws_secret_access_key=unquote(parts.password or ""),
        region_name=query.get("region", ["us-east-1"])[0],
    )
    bucket = parts.path.strip("/")
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError:
        client.create_bucket(Bucket=bucket)
        console.say(f"made the bucket {bucket}")
    return 0
