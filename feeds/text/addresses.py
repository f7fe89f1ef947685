"""What names a place in a bucket."""

STORES = ("s3", "gs", "az")
"""The schemes of addresses of buckets: Amazon S3 and all that speak as it does, Google, Azure."""


def is_address(text: str) -> bool:
    """Whether a text names a place in a bucket, such as `s3://bucket/prefix`."""
    scheme, colon, _ = text.partition("://")
    return bool(colon) and scheme in STORES
