//! A procedure in schema.org's words (GovernmentService), inside the page's JSON-LD.

use serde_json::{Value, json};
use vietnam::procedures::Channel;

use super::rules::{self, Group};
use super::told::{Fee, Procedure};
use crate::procedures::cpsv::duration;

/// Adds to an item's description what is said of it as a service. `issuer` is who stands for it where no authority is named.
pub fn describe(schema: &mut Value, told: &Procedure, issuer: &str) {
    let operator = if told.authority.is_empty() { issuer } else { &told.authority };
    let organisation = json!({ "@type": "GovernmentOrganization", "name": operator });
    schema["provider"] = organisation.clone();
    schema["serviceOperator"] = organisation;
    schema["areaServed"] = json!({ "@type": "Country", "name": "Việt Nam", "identifier": "VN" });
    if !told.code.is_empty() {
        schema["identifier"] = json!(told.code);
    }
    let audience = |group: &Group| match group {
        Group::People => json!({ "@type": "PeopleAudience", "audienceType": told.audience }),
        Group::Business | Group::Organisation => {
            json!({ "@type": "BusinessAudience", "audienceType": told.audience })
        }
    };
    let mut audiences: Vec<Value> = rules::shipped().groups(&told.audience).iter().map(audience).collect();
    audiences.dedup();
    schema["audience"] = audiences.into();
    let channels = told.offers.iter().map(|offer| {
        let mut channel = json!({ "@type": "ServiceChannel", "name": offer.channel.vi() });
        if let Some(period) = offer.term.and_then(duration) {
            channel["processingTime"] = json!(period);
        } else if !offer.time.is_empty() {
            channel["description"] = json!(offer.time);
        }
        if let (Channel::Online, Some(url)) = (offer.channel, &told.url) {
            channel["serviceUrl"] = json!(url);
        }
        channel
    });
    schema["availableChannel"] = channels.collect();
    if !told.offers.is_empty() && told.offers.iter().all(|offer| offer.fee == Fee::Free) {
        schema["offers"] = json!({ "@type": "Offer", "price": "0", "priceCurrency": "VND" });
    }
    if !told.result.is_empty() {
        schema["serviceOutput"] = json!({ "@type": "Thing", "name": told.result });
    }
    if let Some(url) = &told.url {
        schema["sameAs"] = json!(url);
    }
}
