"""Verifies the DKIM signature of a mail on standard input by dkimpy. Argument: the Ed25519 public key that stands in DNS."""

import sys

import dkim

key = f"v=DKIM1; k=ed25519; p={sys.argv[1]}".encode()
names = []


def dns(name, timeout=5):
    names.append(name)
    return key


good = dkim.verify(sys.stdin.buffer.read(), dnsfunc=dns)
sys.exit(0 if good and names == [b"nhipcau._domainkey.cong.gov.vn."] else 1)
