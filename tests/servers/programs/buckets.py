"""Makes a bucket in a store: `buckets.py URL BUCKET`; with --readable, all may read its objects.

Run in .venv-stores. The keys are in the environment, as Amazon's programs expect them.
"""

import json
import sys

import boto3
from botocore.config import Config

url, bucket, *options = sys.argv[1:]
client = boto3.client("s3", endpoint_url=url, config=Config(s3={"addressing_style": "path"}))
client.create_bucket(Bucket=bucket)
if "--readable" in options:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
