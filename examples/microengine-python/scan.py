"""Judges the file that is named, and prints the answer as JSON."""
import base64
import json
import pathlib
import sys

# Encoded, so that no virus scanner takes this program for the test file.
EICAR = base64.b64decode(
    'WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo='
)

content = pathlib.Path(sys.argv[1]).read_bytes()
if EICAR in content:
    answer = {'outcome': 'malicious', 'confidence': 1, 'family': 'EICAR-Test-File'}
elif not content:
    answer = {'outcome': 'unknown', 'confidence': 0}
else:
    answer = {'outcome': 'benign', 'confidence': 0.5}
print(json.dumps(answer))
