//! The signature block of a PDF: CMS SignedData (RFC 5652), as far as readers are told of it.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use rustls::pki_types::SignatureVerificationAlgorithm;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::der::{
    BIT_STRING, Element, GENERALIZED_TIME, INTEGER, OBJECT, OCTET_STRING, Reader, SEQUENCE, SET, UTC_TIME,
    context, text,
};
use super::{Found, Seal};

const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const SHA: [(&[u8], Hash); 3] = [
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01], Hash::Sha256),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02], Hash::Sha384),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03], Hash::Sha512),
];
/// `rsaEncryption`, and the combined names for it with SHA-256, 384, 512.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// `ecdsa-with-SHA…`, `ecPublicKey`.
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn of(self, parts: [&[u8]; 2]) -> Vec<u8> {
        fn all<D: Digest>(parts: [&[u8]; 2]) -> Vec<u8> {
            let mut digest = D::new();
            parts.iter().for_each(|part| digest.update(part));
            digest.finalize().to_vec()
        }
        match self {
            Hash::Sha256 => all::<Sha256>(parts),
            Hash::Sha384 => all::<Sha384>(parts),
            Hash::Sha512 => all::<Sha512>(parts),
        }
    }

    /// The last byte of `sha…WithRSAEncryption` and of `ecdsa-with-SHA…`.
    fn ends(self) -> (u8, u8) {
        match self {
            Hash::Sha256 => (11, 2),
            Hash::Sha384 => (12, 3),
            Hash::Sha512 => (13, 4),
        }
    }
}

/// A certificate's parts that are looked at.
struct Certificate<'a> {
    serial: &'a [u8],
    issuer: Element<'a>,
    subject: Element<'a>,
    key: Element<'a>,
}

/// Reads the first signer of a block over these two pieces of the file. Nothing if it is no block.
pub fn read(block: &[u8], signed: [&[u8]; 2]) -> Option<Seal> {
    let mut content = Reader::new(block).enter(SEQUENCE)?;
    content.tagged(OBJECT).filter(|kind| kind.inner == SIGNED_DATA)?;
    let mut data = content.enter(context(0))?.enter(SEQUENCE)?;
    data.tagged(INTEGER)?;
    data.tagged(SET)?;
    data.tagged(SEQUENCE)?;
    let certificates = data.tagged(context(0)).map(|all| all.inner).unwrap_or_default();
    data.tagged(context(1));
    let mut signer = data.enter(SET)?.enter(SEQUENCE)?;
    signer.tagged(INTEGER)?;
    let name = signer.next()?;
    let hash = signer.enter(SEQUENCE)?.tagged(OBJECT)?.inner;
    let hash = SHA.iter().find(|(object, _)| *object == hash).map(|(_, hash)| *hash);
    let attributes = signer.tagged(context(0));
    signer.tagged(SEQUENCE)?;
    let signature = signer.tagged(OCTET_STRING)?;
    let certificate = certificate_of(certificates, name);
    let digest = attributes.and_then(|all| attribute(all, MESSAGE_DIGEST)).map(|value| value.inner);
    let part = |name: &dyn Fn(&Certificate<'_>) -> Option<String>| certificate.as_ref().and_then(name);
    Some(Seal {
        signer: part(&|c| named(c.subject, COMMON_NAME)),
        organisation: part(&|c| named(c.subject, ORGANISATION)),
        issuer: part(&|c| named(c.issuer, COMMON_NAME).or_else(|| named(c.issuer, ORGANISATION))),
        at: attributes.and_then(|all| attribute(all, SIGNING_TIME)).and_then(time),
        whole: false,
        digest: match (hash, digest) {
            (Some(hash), Some(digest)) if hash.of(signed) == digest => Found::Right,
            (Some(_), Some(_)) => Found::Wrong,
            _ => Found::Unknown,
        },
        signature: match (hash, attributes, &certificate) {
            (Some(hash), Some(attributes), Some(certificate)) => {
                // Signed is the set of attributes under its own tag (RFC 5652, 5.4).
                let mut message = attributes.whole.to_vec();
                if let Some(tag) = message.first_mut() {
                    *tag = SET;
                }
                verify(hash, certificate, &message, signature.inner)
            }
            _ => Found::Unknown,
        },
    })
}

/// The certificate that a signer names by issuer and serial number.
fn certificate_of<'a>(all: &'a [u8], name: Element<'a>) -> Option<Certificate<'a>> {
    let mut named = Reader::new(name.inner);
    let (issuer, serial) = (named.tagged(SEQUENCE)?, named.tagged(INTEGER)?);
    let mut read = Reader::new(all).take(64).filter_map(certificate);
    read.find(|one| one.serial == serial.inner && one.issuer.whole == issuer.whole)
}

fn certificate(one: Element<'_>) -> Option<Certificate<'_>> {
    let mut fields = Reader::new(one.inner).enter(SEQUENCE)?;
    fields.tagged(context(0));
    let serial = fields.tagged(INTEGER)?.inner;
    fields.tagged(SEQUENCE)?;
    let issuer = fields.tagged(SEQUENCE)?;
    fields.tagged(SEQUENCE)?;
    let subject = fields.tagged(SEQUENCE)?;
    let key = fields.tagged(SEQUENCE)?;
    Some(Certificate { serial, issuer, subject, key })
}

/// A part of a name, the last one if there are several.
fn named(name: Element<'_>, object: &[u8]) -> Option<String> {
    let pairs = Reader::new(name.inner).flat_map(|set| Reader::new(set.inner));
    let texts = pairs.filter_map(|pair| {
        let mut pair = Reader::new(pair.inner);
        pair.tagged(OBJECT).filter(|kind| kind.inner == object)?;
        text(pair.next()?)
    });
    let clean = |text: String| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    texts.last().map(clean).filter(|text| !text.trim().is_empty())
}

/// The first value of an attribute.
fn attribute<'a>(all: Element<'a>, object: &[u8]) -> Option<Element<'a>> {
    Reader::new(all.inner).find_map(|one| {
        let mut one = Reader::new(one.inner);
        one.tagged(OBJECT).filter(|kind| kind.inner == object)?;
        one.enter(SET)?.next()
    })
}

/// `261124080000Z`, `20261124080000Z`.
fn time(element: Element<'_>) -> Option<Timestamp> {
    let text = std::str::from_utf8(element.inner).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match element.tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i16 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let two = |at: usize| rest.get(at..at + 2)?.parse::<i8>().ok();
    let day = jiff::civil::Date::new(year, two(0)?, two(2)?).ok().filter(|day| *day >= date(1970, 1, 1))?;
    let time = jiff::civil::Time::new(two(4)?, two(6)?, two(8).unwrap_or(0), 0).ok()?;
    day.to_datetime(time).to_zoned_datetime(TimeZone::UTC).ok().map(|at| at.timestamp())
}

/// Whether the key of the certificate has made this signature. The certificate itself is not judged.
fn verify(hash: Hash, certificate: &Certificate<'_>, message: &[u8], signature: &[u8]) -> Found {
    let mut fields = Reader::new(certificate.key.inner);
    let (Some(algorithm), Some(bits)) = (fields.tagged(SEQUENCE), fields.tagged(BIT_STRING)) else {
        return Found::Unknown;
    };
    // The first byte of a bit string counts its unused bits: none in a key.
    let Some((0, key)) = bits.inner.split_first().map(|(unused, key)| (*unused, key)) else {
        return Found::Unknown;
    };
    let Some(kind) = Reader::new(algorithm.inner).tagged(OBJECT) else { return Found::Unknown };
    let (rsa, ec) = hash.ends();
    let last = if kind.inner.starts_with(RSA) { rsa } else { ec };
    let known = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
    let fits = |one: &&&dyn SignatureVerificationAlgorithm| {
        let object =
            Reader::new(one.signature_alg_id().as_ref()).tagged(OBJECT).map(|object| object.inner.to_vec());
        let object = object.unwrap_or_default();
        one.public_key_alg_id().as_ref() == algorithm.inner
            && object.last() == Some(&last)
            && (object.starts_with(RSA) && kind.inner.starts_with(RSA)
                || object.starts_with(EC) && kind.inner.starts_with(EC))
    };
    match known.iter().find(fits) {
        None => Found::Unknown,
        Some(algorithm) if algorithm.verify_signature(key, message, signature).is_ok() => Found::Right,
        Some(_) => Found::Wrong,
    }
}
