#!/bin/sh
# Judges the file that is named: 0 benign, 1 malicious, 2 cannot tell. The test string is encoded, so that no virus scanner
# takes this program for it.
set -eu
test -s "$1" || exit 2
eicar=$(printf %s WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo= | base64 -d)
if grep -aqF -- "$eicar" "$1"; then exit 1; fi
