#!/usr/bin/env python3
"""openapi.py IN.yaml OUT.json: the description of the endpoint as the endpoint gives it."""
import json
import sys

import yaml

with open(sys.argv[1], encoding='utf-8') as source, open(sys.argv[2], 'w', encoding='utf-8') as out:
    json.dump(yaml.safe_load(source), out, ensure_ascii=False, separators=(',', ':'))
