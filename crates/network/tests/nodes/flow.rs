//! The flow: exact bytes, and a decoder that gives the same events however the bytes are cut.

use network::flow::{
    Decoder, FlowError, FlowEvent, FlowRequest, HEARTBEAT, MAX_LINE, encode_behind, encode_checkpoint,
    encode_entry,
};
use network::names::Origin;
use proptest::prelude::*;
use tlog::Note;

use crate::fixtures::{assert_fixture, checkpoint, fixture};

fn stream() -> (Vec<u8>, Vec<FlowEvent>) {
    let origin: Origin = "chinhphu.vn/log".parse().unwrap();
    let bytes = fixture("entry/item.issued.json");
    let (_, note) = checkpoint(&origin, 813, "x");
    let mut stream = encode_entry(&origin, 812, &bytes).unwrap();
    stream.extend(encode_checkpoint(&origin, 813, &note));
    stream.extend(HEARTBEAT);
    stream.extend(encode_behind(&"moh.gov.vn/log".parse().unwrap(), 99_000));
    let events = vec![
        FlowEvent::Entry { origin: origin.clone(), index: 812, bytes },
        FlowEvent::Checkpoint { origin, size: 813, note: Note::parse(&note).unwrap() },
        FlowEvent::Heartbeat,
        FlowEvent::Behind { origin: "moh.gov.vn/log".parse().unwrap(), size: 99_000 },
    ];
    (stream, events)
}

#[test]
fn a_flow_has_exact_bytes() {
    let (bytes, events) = stream();
    assert_fixture("flow.txt", &bytes);
    let mut file = fixture("flow.txt");
    file.push(b'\n');
    assert_eq!(Decoder::new().events(&file).unwrap(), events);
}

#[test]
fn a_request_has_exact_bytes() {
    let all = FlowRequest {
        all: true,
        logs: vec![("chinhphu.vn/log".parse().unwrap(), 812), ("moh.gov.vn/log".parse().unwrap(), 0)],
    };
    assert_fixture("flow-request.txt", all.encode().as_bytes());
    assert_eq!(FlowRequest::parse(all.encode().as_bytes()).unwrap(), all);
    for (body, line) in
        [("*\n*\n", 2), ("a.vn/log\n", 1), ("a.vn/log 1\na.vn/log 2\n", 2), ("a.vn/log 01\n", 1)]
    {
        assert_eq!(FlowRequest::parse(body.as_bytes()), Err(FlowError::Request { line }), "{body}");
    }
}

#[test]
fn a_leaf_that_is_not_a_line_of_text_does_not_enter_the_flow() {
    let origin: Origin = "a.vn/log".parse().unwrap();
    assert_eq!(encode_entry(&origin, 0, b"{}\ndata: forged"), Err(FlowError::ControlByte));
    assert_eq!(encode_entry(&origin, 0, b"\xff"), Err(FlowError::NotUtf8));
}

#[test]
fn a_peer_cannot_make_the_decoder_hold_more_than_its_bounds() {
    let mut decoder = Decoder::new();
    assert!(decoder.events(&vec![b'x'; MAX_LINE]).is_ok());
    assert_eq!(decoder.events(b"x"), Err(FlowError::LineTooLong));

    let mut decoder = Decoder::new();
    let line = [b"data: ".as_slice(), &[b'x'; 1_000], b"\n"].concat();
    let error = (0..).find_map(|_| decoder.events(&line).err());
    assert_eq!(error, Some(FlowError::EventTooLong));
    assert!(decoder.held() <= MAX_LINE);
}

#[test]
fn a_malformed_event_is_an_error_and_an_unknown_one_is_not() {
    let decode = |text: &str| Decoder::new().events(text.as_bytes());
    assert_eq!(decode("event: entry\ndata: {}\n\n"), Err(FlowError::Id));
    assert_eq!(decode("event: entry\nid: a.vn/log x\ndata: {}\n\n"), Err(FlowError::Id));
    assert_eq!(decode("event: entry\nid: a.vn/log 1\n\n"), Err(FlowError::Data("entry")));
    assert_eq!(
        decode("event: checkpoint\nid: a.vn/log 1\ndata: no note\n\n"),
        Err(FlowError::Data("checkpoint"))
    );
    assert_eq!(decode("event: behind\ndata: 7\n\n"), Err(FlowError::Data("behind")));
    assert_eq!(decode("retry: 9\nevent: later\ndata: 7\n\n"), Ok(vec![]));
}

proptest! {
    #[test]
    fn cuts_do_not_matter(cuts in proptest::collection::vec(0..2_000_usize, 0..12)) {
        let (bytes, events) = stream();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % bytes.len()).chain([0, bytes.len()]).collect();
        cuts.sort_unstable();
        let mut decoder = Decoder::new();
        let mut got = vec![];
        for pair in cuts.windows(2) {
            got.extend(decoder.events(&bytes[pair[0]..pair[1]]).unwrap());
        }
        prop_assert_eq!(got, events);
        prop_assert_eq!(decoder.held(), 0);
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let _ = Decoder::new().events(&bytes);
        let _ = FlowRequest::parse(&bytes);
    }
}
