"""Access to the platform's buckets."""

from __future__ import annotations

import os

import boto3
from botocore.config import Config


class Storage:
    """The platform's buckets over the S3 protocol."""

    def __init__(self, public_bucket: str, private_bucket: str) -> None:
        self.public_bucket = public_bucket
        self.private_bucket = private_bucket
        self._client = boto3.client(
            "s3",
            endpoint_url=os.environ.get("AWS_S3_ENDPOINT_URL") or None,
            region_name=os.environ.get("AWS_S3_REGION_NAME") or "us-east-1",
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                # Other servers than Amazon S3 often reject the checksum trailers that boto3 sends by default.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def get(self, uri: str) -> bytes:
        """Reads `s3://bucket/key`, or `gs://bucket/key` (Google Cloud Storage supports the S3 protocol)."""
        scheme, _, path = uri.partition("://")
        bucket, _, key = path.partition("/")
        if scheme not in ("s3", "gs") or not bucket or not key:
            raise ValueError(f"not a storage URI: {uri}")
        content: bytes = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def put(self, bucket: str, key: str, content: bytes, content_type: str) -> str:
        self._client.put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type)
        return f"s3://{bucket}/{key}"
