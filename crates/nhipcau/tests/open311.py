"""Reports something by Open311 and reads what was answered, by the client that PyPI's georeport is. Arguments: the portal's address, a
key, the code of a published petition."""

import json
import socket
import sys
import urllib.parse
import urllib.request

from georeport import GeoReport

# Names below .localhost are this machine (RFC 6761), whatever its resolver knows.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)

base, key, published = sys.argv[1:]

# Found as a program finds it that knows nothing but the portal.
with urllib.request.urlopen(f"{base}/open311/discovery.json") as answer:
    endpoint = json.load(answer)["endpoints"][0]
assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2", endpoint

for form in ("json", "xml"):
    client = GeoReport(endpoint["url"], output_format=form)
    services = client.get_service_list()
    one = next(service for service in services if service["service_code"] == "giao-thong.mat-duong")
    assert one["type"] == "realtime" and one["group"], one
    definition = client.get_service_definition(one["service_code"])
    attributes = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert {attribute["code"] for attribute in attributes} >= {"loai", "dinh-danh"}, definition
    request = client.get_service_request(published)
    assert request["service_request_id"] == published and request["status"] == "closed", request
    found = client.get_service_requests(service_request_id=published)
    found = found if form == "json" else [found]
    assert [request["service_request_id"] for request in found] == [published], found

# That client only reads; a report is a form.
report = {
    "api_key": key,
    "service_code": "giao-thong.mat-duong",
    "description": "Ổ gà lớn trước cổng trường tiểu học, xe máy ngã hai lần.",
    "lat": "22.48",
    "long": "103.97",
}
with urllib.request.urlopen(f"{endpoint['url']}/requests.json", urllib.parse.urlencode(report).encode()) as answer:
    created = json.load(answer)
assert created[0]["service_request_id"].startswith("PAKN.") and created[0]["service_notice"], created
print(f"georeport: {len(services)} services, 1 published report, 1 sent: ok")
