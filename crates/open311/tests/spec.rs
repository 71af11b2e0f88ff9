//! The examples of the specification, in both formats.
#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::tz::Offset;
use open311::{
    Attribute, Choice, Created, Datatype, Definition, Delivery, Discovery, Endpoint, Fault, Format, Request,
    Resource, Service, Status, Submission, TokenOf, When, created, faults, requests, services, tokens,
};

/// XML without the blanks between elements; what it means is the same.
fn bare(xml: &str) -> String {
    let xml = xml.trim().strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>").unwrap();
    let mut out = String::new();
    for line in xml.lines() {
        out.push_str(line.trim());
    }
    out
}

/// Both formats of an answer are the ones given.
fn assert_both(document: &open311::Document, xml: &str, json: &str) {
    let written = document.write(Format::Xml);
    assert!(written.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<"));
    assert_eq!(bare(&written), bare(xml));
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&document.write(Format::Json)).unwrap(), json);
}

fn service(code: &str, name: &str, description: &str, group: &str) -> Service {
    Service {
        code: code.into(),
        name: name.into(),
        description: description.into(),
        metadata: true,
        delivery: Delivery::Realtime,
        keywords: ["lorem", "ipsum", "dolor"].map(String::from).to_vec(),
        group: group.into(),
    }
}

#[test]
fn get_service_list() {
    let all = [
        service(
            "001",
            "Cans left out 24x7",
            "Garbage or recycling cans that have been left out for more than 24 hours after collection. Violators will be cited.",
            "sanitation",
        ),
        service(
            "002",
            "Construction plate shifted",
            "Metal construction plate covering the street or sidewalk has been moved.",
            "street",
        ),
    ];
    assert_both(
        &services(&all),
        r#"<?xml version="1.0" encoding="utf-8"?>
        <services>
            <service>
                <service_code>001</service_code>
                <service_name>Cans left out 24x7</service_name>
                <description>Garbage or recycling cans that have been left out for more than 24 hours after collection. Violators will be cited.</description>
                <metadata>true</metadata>
                <type>realtime</type>
                <keywords>lorem, ipsum, dolor</keywords>
                <group>sanitation</group>
            </service>
            <service>
                <service_code>002</service_code>
                <service_name>Construction plate shifted</service_name>
                <description>Metal construction plate covering the street or sidewalk has been moved.</description>
                <metadata>true</metadata>
                <type>realtime</type>
                <keywords>lorem, ipsum, dolor</keywords>
                <group>street</group>
            </service>
        </services>"#,
        r#"[{"service_code":"001","service_name":"Cans left out 24x7","description":"Garbage or recycling cans that have been left out for more than 24 hours after collection. Violators will be cited.","metadata":true,"type":"realtime","keywords":"lorem, ipsum, dolor","group":"sanitation"},
            {"service_code":"002","metadata":true,"type":"realtime","keywords":"lorem, ipsum, dolor","group":"street","service_name":"Construction plate shifted","description":"Metal construction plate covering the street or sidewalk has been moved."}]"#,
    );
}

#[test]
fn get_service_definition() {
    let choice = |key: &str, name: &str| Choice { key: key.into(), name: name.into() };
    let definition = Definition {
        service_code: "DMV66".into(),
        attributes: vec![Attribute {
            variable: true,
            code: "WHISHETN".into(),
            datatype: Datatype::SingleValueList,
            required: true,
            datatype_description: String::new(),
            description: "What is the ticket/tag/DL number?".into(),
            values: vec![choice("123", "Ford"), choice("124", "Chrysler")],
        }],
    };
    assert_both(
        &definition.document(),
        r#"<?xml version="1.0" encoding="utf-8"?>
        <service_definition>
            <service_code>DMV66</service_code>
            <attributes>
                <attribute>
                    <variable>true</variable>
                    <code>WHISHETN</code>
                    <datatype>singlevaluelist</datatype>
                    <required>true</required>
                    <datatype_description/>
                    <order>1</order>
                    <description>What is the ticket/tag/DL number?</description>
                    <values>
                        <value><key>123</key><name>Ford</name></value>
                        <value><key>124</key><name>Chrysler</name></value>
                    </values>
                </attribute>
            </attributes>
        </service_definition>"#,
        r#"{"service_code":"DMV66","attributes":[{"variable":true,"code":"WHISHETN","datatype":"singlevaluelist","required":true,"datatype_description":null,"order":1,"description":"What is the ticket/tag/DL number?","values":[{"key":"123","name":"Ford"},{"key":"124","name":"Chrysler"}]}]}"#,
    );
}

/// The example of the specification, as it is sent.
const POSTED: &str = "api_key=xyz&jurisdiction_id=city.gov&service_code=001&lat=37.76524078&long=-122.4212043&address_string=1234+5th+street&email=smit333%40sfgov.edu&device_id=tt222111&account_id=123456&first_name=john&last_name=smith&phone=111111111&description=A+large+sinkhole+is+destroying+the+street&media_url=http%3A%2F%2Ffarm3.static.flickr.com%2F2002%2F2212426634_5ed477a060.jpg&attribute[WHISPAWN]=123456&attribute[WHISDORN]=COISL001";

#[test]
fn post_service_request() {
    let posted = Submission::parse(POSTED.as_bytes()).unwrap();
    assert_eq!(posted.api_key.as_deref(), Some("xyz"));
    assert_eq!(posted.jurisdiction_id.as_deref(), Some("city.gov"));
    assert_eq!(posted.service_code, "001");
    assert_eq!(posted.place.position, Some((37.765_240_78, -122.421_204_3)));
    assert_eq!(posted.place.address.as_deref(), Some("1234 5th street"));
    assert_eq!(posted.email.as_deref(), Some("smit333@sfgov.edu"));
    assert_eq!(posted.device_id.as_deref(), Some("tt222111"));
    assert_eq!(posted.account_id.as_deref(), Some("123456"));
    assert_eq!((posted.first_name.as_deref(), posted.last_name.as_deref()), (Some("john"), Some("smith")));
    assert_eq!(posted.phone.as_deref(), Some("111111111"));
    assert_eq!(posted.description.as_deref(), Some("A large sinkhole is destroying the street"));
    assert_eq!(
        posted.media_url.as_deref(),
        Some("http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg")
    );
    let attributes: Vec<_> = posted.attributes.iter().map(|(code, values)| (&**code, &*values[0])).collect();
    assert_eq!(attributes, [("WHISDORN", "COISL001"), ("WHISPAWN", "123456")]);

    let list = b"service_code=1&address_id=7&attribute[code1][]=value1&attribute%5Bcode1%5D%5B%5D=value2&attribute[code1][]=value3";
    assert_eq!(Submission::parse(list).unwrap().attributes["code1"], ["value1", "value2", "value3"]);

    let notice = "The City will inspect and require the responsible party to correct within 24 hours and/or issue a Correction Notice or Notice of Violation of the Public Works Code";
    let given = Created::Number { id: "293944".into(), notice: Some(notice.into()) };
    assert_both(
        &created(&given),
        &format!(
            r#"<?xml version="1.0" encoding="utf-8"?>
            <service_requests>
                <request>
                    <service_request_id>293944</service_request_id>
                    <service_notice>{notice}</service_notice>
                    <account_id/>
                </request>
            </service_requests>"#
        ),
        &format!(r#"[{{"service_request_id":"293944","service_notice":"{notice}","account_id":null}}]"#),
    );
    let later = created(&Created::Token { token: "12345".into(), notice: None }).write(Format::Json);
    assert_eq!(later, r#"[{"token":"12345","service_notice":null,"account_id":null}]"#);
}

#[test]
fn get_service_request_id_from_a_token() {
    let of = TokenOf { id: Some("638344".into()), token: "12345".into() };
    assert_both(
        &tokens(&of),
        r#"<?xml version="1.0" encoding="utf-8"?>
        <service_requests>
            <request>
                <service_request_id>638344</service_request_id>
                <token>12345</token>
            </request>
        </service_requests>"#,
        r#"[{"service_request_id":"638344","token":"12345"}]"#,
    );
}

fn when(text: &str) -> When {
    When::parse(text).unwrap()
}

fn request() -> Request {
    Request {
        id: "638344".into(),
        status: Status::Closed,
        status_notes: Some("Duplicate request.".into()),
        service_name: "Sidewalk and Curb Issues".into(),
        service_code: "006".into(),
        description: None,
        agency_responsible: Some(String::new()),
        service_notice: None,
        requested: when("2010-04-14T06:37:38-08:00"),
        updated: when("2010-04-14T06:37:38-08:00"),
        expected: Some(when("2010-04-15T06:37:38-08:00")),
        address: Some("8TH AVE and JUDAH ST".into()),
        address_id: Some("545483".into()),
        zipcode: Some("94122".into()),
        position: Some((37.762_221_815, -122.465_114_5)),
        media_url: Some("http://city.gov.s3.amazonaws.com/requests/media/638344.jpg".into()),
    }
}

#[test]
fn get_service_requests() {
    assert_both(
        &requests(&[request()]),
        r#"<?xml version="1.0" encoding="utf-8"?>
        <service_requests>
            <request>
                <service_request_id>638344</service_request_id>
                <status>closed</status>
                <status_notes>Duplicate request.</status_notes>
                <service_name>Sidewalk and Curb Issues</service_name>
                <service_code>006</service_code>
                <description/>
                <agency_responsible/>
                <service_notice/>
                <requested_datetime>2010-04-14T06:37:38-08:00</requested_datetime>
                <updated_datetime>2010-04-14T06:37:38-08:00</updated_datetime>
                <expected_datetime>2010-04-15T06:37:38-08:00</expected_datetime>
                <address>8TH AVE and JUDAH ST</address>
                <address_id>545483</address_id>
                <zipcode>94122</zipcode>
                <lat>37.762221815</lat>
                <long>-122.4651145</long>
                <media_url>http://city.gov.s3.amazonaws.com/requests/media/638344.jpg</media_url>
            </request>
        </service_requests>"#,
        r#"[{"service_request_id":"638344","status":"closed","status_notes":"Duplicate request.","service_name":"Sidewalk and Curb Issues","service_code":"006","description":null,"agency_responsible":null,"service_notice":null,"requested_datetime":"2010-04-14T06:37:38-08:00","updated_datetime":"2010-04-14T06:37:38-08:00","expected_datetime":"2010-04-15T06:37:38-08:00","address":"8TH AVE and JUDAH ST","address_id":"545483","zipcode":"94122","lat":37.762221815,"long":-122.4651145,"media_url":"http://city.gov.s3.amazonaws.com/requests/media/638344.jpg"}]"#,
    );
    assert_eq!(requests(&[]).write(Format::Json), "[]");
    assert_eq!(bare(&requests(&[]).write(Format::Xml)), "<service_requests></service_requests>");
}

#[test]
fn errors() {
    let wrong =
        Fault::bad("", "Khóa không đúng.", "Invalid api_key received -- can't proceed with create_request.");
    let (status, document) = faults(&[Fault { code: 403, ..wrong }]);
    assert_eq!(status, 403);
    assert_both(
        &document,
        r#"<?xml version="1.0" encoding="utf-8"?>
        <errors>
            <error>
                <code>403</code>
                <description>Khóa không đúng. · Invalid api_key received -- can't proceed with create_request.</description>
            </error>
        </errors>"#,
        r#"[{"code":403,"description":"Khóa không đúng. · Invalid api_key received -- can't proceed with create_request."}]"#,
    );
    let many = [Fault::missing("lat"), Fault::not_found("service_code")];
    assert_eq!(faults(&many).0, 404);
    assert_eq!(faults(&[Fault::missing("lat"), Fault::no_key(), Fault::not_found("jurisdiction_id")]).0, 403);
    assert_eq!(faults(&many).1.write(Format::Json).matches("\"code\"").count(), 2);
    assert_eq!(
        Fault::missing("lat").description(),
        "lat: chưa có, cần điền. · lat is missing and must be given."
    );
}

#[test]
fn discovery() {
    let changeset = When { at: "2026-11-23T01:15:00Z".parse().unwrap(), offset: Offset::constant(7) };
    let discovery = Discovery {
        changeset,
        contact: "Viết cho Cổng thông tin điện tử tỉnh A: gopy@tinh-a.gov.vn".into(),
        key_service: "Xin khóa tại https://tinh-a.gov.vn/open311".into(),
        endpoints: vec![Endpoint {
            url: "https://tinh-a.gov.vn/open311/v2".into(),
            changeset,
            production: true,
        }],
    };
    assert_both(
        &discovery.document(),
        r#"<?xml version="1.0" encoding="utf-8"?>
        <discovery>
            <changeset>2026-11-23T08:15:00+07:00</changeset>
            <contact>Viết cho Cổng thông tin điện tử tỉnh A: gopy@tinh-a.gov.vn</contact>
            <key_service>Xin khóa tại https://tinh-a.gov.vn/open311</key_service>
            <endpoints>
                <endpoint>
                    <specification>http://wiki.open311.org/GeoReport_v2</specification>
                    <url>https://tinh-a.gov.vn/open311/v2</url>
                    <changeset>2026-11-23T08:15:00+07:00</changeset>
                    <type>production</type>
                    <formats><format>text/xml</format><format>application/json</format></formats>
                </endpoint>
            </endpoints>
        </discovery>"#,
        r#"{"changeset":"2026-11-23T08:15:00+07:00","contact":"Viết cho Cổng thông tin điện tử tỉnh A: gopy@tinh-a.gov.vn","key_service":"Xin khóa tại https://tinh-a.gov.vn/open311","endpoints":[{"specification":"http://wiki.open311.org/GeoReport_v2","url":"https://tinh-a.gov.vn/open311/v2","changeset":"2026-11-23T08:15:00+07:00","type":"production","formats":["text/xml","application/json"]}]}"#,
    );
}

#[test]
fn paths() {
    let of = |path: &str| Resource::parse(path).unwrap();
    assert_eq!(of("services.xml"), (Resource::Services, Format::Xml));
    assert_eq!(of("services/033.json"), (Resource::Definition("033".into()), Format::Json));
    assert_eq!(of("requests.json"), (Resource::Requests, Format::Json));
    let code = "PAKN.20261123.0012.H01-K";
    assert_eq!(of(&format!("requests/{code}.xml")), (Resource::Request(code.into()), Format::Xml));
    assert_eq!(of("tokens/123456.xml"), (Resource::Token("123456".into()), Format::Xml));
    for (bad, format) in [
        ("services", Format::Xml),
        ("services.csv", Format::Xml),
        ("", Format::Xml),
        ("service.json", Format::Json),
        ("services/.json", Format::Json),
        ("services/a/b.json", Format::Json),
        ("tokens.xml", Format::Xml),
        ("requests/a\nb.xml", Format::Xml),
    ] {
        let (fault, said_in) = Resource::parse(bad).unwrap_err();
        assert_eq!((fault.code, said_in), (404, format), "{bad}");
    }
}
