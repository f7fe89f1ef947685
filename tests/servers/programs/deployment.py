"""Reads what Compose and Kubernetes are given as these would: `deployment.py COMPOSE MANIFEST...`.

Run in .venv-deploy. It ends with an error at the first thing that is unknown, or of another kind.
"""

import json
import sys

import compose_spec
import kubernetes_validate
import yaml

compose, *manifests = sys.argv[1:]
with open(compose, encoding="utf-8") as file:  # noqa: PTH123 - as short as it can be
    read = compose_spec.PyCompose.from_json(json.dumps(yaml.safe_load(file)))
read.validate()
sys.stdout.write(f"{sorted(read.service_names())}\n")
for manifest in manifests:
    with open(manifest, encoding="utf-8") as file:  # noqa: PTH123 - as above
        for each in yaml.safe_load_all(file):
            version = kubernetes_validate.latest_version()
            kubernetes_validate.validate(each, version, strict=True)
            sys.stdout.write(f"{each['kind']} {each['metadata']['name']}\n")
