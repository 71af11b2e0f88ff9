"""Harvests a node by programs that others wrote. Arguments: its address, and how many records it has."""

import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request

import feedparser
import rdflib
import rdflib.compare
from sickle import Sickle
from sickle.oaiexceptions import BadArgument, CannotDisseminateFormat, IdDoesNotExist, NoRecordsMatch

# Names below .localhost are this machine (RFC 6761), whatever its resolver knows.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)

base, due = sys.argv[1], int(sys.argv[2])

sickle = Sickle(f"{base}/oai")
assert sickle.Identify().protocolVersion == "2.0"
assert {form.metadataPrefix for form in sickle.ListMetadataFormats()} == {"oai_dc", "akn"}
assert any(one.setSpec == "kind:document" for one in sickle.ListSets())
records = list(sickle.ListRecords(metadataPrefix="oai_dc"))
gone = [record for record in records if record.header.deleted]
assert (len(records), len(gone)) == (due, 2), (len(records), len(gone))
titles = [record.metadata["title"][0] for record in records if not record.header.deleted]
assert all(titles) and any("<b>" in title for title in titles)
assert len(list(sickle.ListIdentifiers(metadataPrefix="akn"))) == 3 + len(gone)
akn = [record for record in sickle.ListRecords(metadataPrefix="akn") if not record.header.deleted]
assert len(akn) == 3 and all("akomaNtoso" in record.raw for record in akn)
assert list(sickle.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True)).__len__() == due - 2
for fault, ask in [
    (NoRecordsMatch, lambda: sickle.ListRecords(metadataPrefix="oai_dc", **{"from": "2999-01-01"})),
    (BadArgument, lambda: sickle.ListRecords(metadataPrefix="oai_dc", until="never")),
    (CannotDisseminateFormat, lambda: sickle.ListRecords(metadataPrefix="marc")),
    (IdDoesNotExist, lambda: sickle.GetRecord(identifier="oai:x:y", metadataPrefix="oai_dc")),
]:
    try:
        ask()
        raise SystemExit(f"no {fault.__name__}")
    except fault:
        pass
print(f"Sickle: {len(records)} records, {len(gone)} of them deleted")

for path in ["/feed.atom", "/feed.rss", "/feed.atom?loai=van-ban&cua=mang"]:
    feed = feedparser.parse(base + path)
    assert not feed.bozo and feed.entries and feed.feed.title, (path, feed.get("bozo_exception"))
print("feedparser: Atom and RSS, whole and by query")


def page(path):
    return urllib.request.urlopen(base + path).read().decode()


def leads_to(path):
    """The feeds that a page names beside the portal's own, as a reader's program finds them."""
    found = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]*" href="([^"]+)"', page(path))
    return [html.unescape(href) for href in found if "?" in href]


item = json.load(urllib.request.urlopen(f"{base}/api/v1/records?kind=document&limit=1"))["records"][0]["reference"]
followed = leads_to(f"/muc/{item}") + leads_to("/tim-kiem?q=v%C4%83n+b%E1%BA%A3n") + leads_to("/co-quan/laocai.localhost")
assert len(followed) == 5, followed
for path in followed:
    for form in ["/feed.atom", "/feed.rss"]:
        one = path.replace("/feed.atom", form)
        feed = feedparser.parse(base + one)
        assert not feed.bozo and feed.feed.title, (one, feed.get("bozo_exception"))
        # An agency of which nothing stands has a feed without entries.
        assert feed.entries or "nguon=" in one, one
        again = feedparser.parse(base + one, etag=feed.etag)
        assert again.status == 304, (one, again.status)
print(f"feedparser: {len(followed)} feeds of a document, an item, a search, an agency, a place; none is sent twice")

one, two = rdflib.Graph(), rdflib.Graph()
one.parse(f"{base}/du-lieu/dcat.ttl", format="turtle")
two.parse(data=urllib.request.urlopen(f"{base}/du-lieu/dcat.jsonld").read(), format="json-ld")
assert len(one) and rdflib.compare.isomorphic(one, two), "Turtle and JSON-LD say different things"
found = one.query("""PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
  SELECT ?set ?file WHERE { ?c a dcat:Catalog ; dct:title ?t ; dct:description ?d ; dct:publisher ?p ; dcat:dataset ?set .
  ?set a dcat:Dataset ; dct:title ?u ; dct:description ?e ; dcat:distribution ?x . ?x a dcat:Distribution ; dcat:accessURL ?file }""")
files = {str(row.file) for row in found}
assert len(files) == 6, files
for file in files:
    assert urllib.request.urlopen(file).status == 200
print(f"rdflib: {len(one)} statements, the same in both forms")

if shutil.which("newsboat"):
    with tempfile.TemporaryDirectory() as home:
        urls, cache = os.path.join(home, "urls"), os.path.join(home, "cache.db")
        with open(urls, "w") as out:
            out.write(f"{base}/feed.atom\n{base}/feed.rss\n{base}/feed.atom?cua=mang\n")
            out.writelines(f"{base}{path}\n" for path in followed)
        run = ["newsboat", "-u", urls, "-c", cache, "-C", os.devnull]
        subprocess.run([*run, "-x", "reload"], check=True, timeout=120, env={**os.environ, "HOME": home})
        unread = subprocess.run([*run, "-x", "print-unread"], check=True, timeout=60, capture_output=True, text=True, env={**os.environ, "HOME": home}).stdout
        assert int(unread.split()[0]) > 50, unread
        print("newsboat:", unread.strip())
else:
    print("skipped: newsboat is not installed")
