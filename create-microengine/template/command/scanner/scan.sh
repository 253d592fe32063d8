#!/bin/sh
# Judges the file that is named: 0 benign, 1 malicious, 2 cannot tell. The test string is encoded, so that no virus scanner # only:file
# takes this program for it. # only:file
# Judges the URL in the file that is named: 0 benign, 1 malicious, 2 cannot tell. Malicious is what lies on malware.example # only:url
# and below: a name that ends in .example belongs to nobody. # only:url
set -eu
test -s "$1" || exit 2
eicar=$(printf %s WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo= | base64 -d) # only:file
if grep -aqF -- "$eicar" "$1"; then exit 1; fi # only:file
export LC_ALL=C # only:url
# What is longer, no browser would open; what cannot be seen is no part of a URL. # only:url
test "$(wc -c < "$1")" -le 2048 || exit 2 # only:url
test "$(tr -d '!-~' < "$1" | wc -c)" -eq 0 || exit 2 # only:url
url=$(tr 'A-Z\\' 'a-z/' < "$1") # only:url
case $url in http://* | https://*) ;; *) exit 2 ;; esac # only:url
host=${url#*://} # only:url
host=${host%%[/?#]*} # only:url
host=${host##*@} # only:url
host=${host%%:*} # only:url
case ${host%.} in # only:url
  '') exit 2 ;; # only:url
  malware.example | *.malware.example) exit 1 ;; # only:url
esac # only:url
