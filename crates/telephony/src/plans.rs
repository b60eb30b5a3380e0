//! The numbering plans of the world, each loaded when a number of its calling code is first met.
//!
//! All of them together take 4 MB, and a desk hears of a handful of countries. The library has them within itself, but gives
//! them out whole only; `data/metadata.bin` is its own file, byte for byte, brought here by `cargo xtask metadata`:
//! a `PhoneMetadataCollection` of libphonenumber in protocol buffers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use bytes::Bytes;
use prost::Message;
use rlibphonenumber::{PhoneMetadata, PhoneMetadataCollection, PhoneNumberUtil};

/// libphonenumber's metadata, see `data/NOTICE`.
const METADATA: &[u8] = include_bytes!("../data/metadata.bin");

/// `PhoneMetadataCollection`, its regions left as they are.
#[derive(Message)]
struct Collection {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    regions: Vec<Bytes>,
}

/// What of a `PhoneMetadata` says whose it is.
#[derive(Message)]
struct Head {
    #[prost(int32, optional, tag = "10")]
    country_code: Option<i32>,
}

/// The regions of each calling code, unread, in the file's order: the library takes the first for the main one where none is
/// marked.
static REGIONS: LazyLock<BTreeMap<i32, Vec<Bytes>>> = LazyLock::new(|| {
    let mut regions = BTreeMap::<i32, Vec<Bytes>>::new();
    // A test reads the whole file: one that can't be read doesn't come this far.
    let collection = Collection::decode(Bytes::from_static(METADATA)).unwrap_or_default();
    for region in collection.regions {
        let head = Head::decode(region.clone()).unwrap_or_default();
        if let Some(code) = head.country_code {
            regions.entry(code).or_default().push(region);
        }
    }
    regions
});

/// The plans met so far. One library for all of them, built anew for a new one (2 ms): each carries expressions of its own for
/// reading numbers, 400 kB, and a plan takes 10.
struct Met {
    codes: BTreeSet<i32>,
    library: Arc<PhoneNumberUtil>,
}

static MET: RwLock<Option<Met>> = RwLock::new(None);

/// A library that knows the numbers of the country (or the worldwide service) in whose calling code these digits, which come
/// after a `+`, begin; of others it may know nothing. `None` if no code fits: calling codes have one to three digits, and none
/// begins with another (ITU-T E.164).
pub(crate) fn library(digits: &str) -> Option<Arc<PhoneNumberUtil>> {
    let code = calling_code(digits)?;
    let met = MET.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(library) = knows(met.as_ref(), code) {
        return Some(library);
    }
    drop(met);
    let mut met = MET.write().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have met it in between.
    if let Some(library) = knows(met.as_ref(), code) {
        return Some(library);
    }
    let mut codes = met.as_ref().map(|met| met.codes.clone()).unwrap_or_default();
    codes.insert(code);
    let library = Arc::new(load(&codes)?);
    *met = Some(Met {
        codes,
        library: Arc::clone(&library),
    });
    Some(library)
}

fn calling_code(digits: &str) -> Option<i32> {
    (1..=3)
        .filter_map(|length| digits.get(..length)?.parse().ok())
        .find(|code| REGIONS.contains_key(code))
}

fn knows(met: Option<&Met>, code: i32) -> Option<Arc<PhoneNumberUtil>> {
    met.filter(|met| met.codes.contains(&code))
        .map(|met| Arc::clone(&met.library))
}

fn load(codes: &BTreeSet<i32>) -> Option<PhoneNumberUtil> {
    let metadata = codes
        .iter()
        .filter_map(|code| REGIONS.get(code))
        .flatten()
        .map(|region| PhoneMetadata::decode(region.clone()))
        .collect::<Result<_, _>>()
        .ok()?;
    PhoneNumberUtil::new_for_metadata(PhoneMetadataCollection { metadata }).ok()
}

#[cfg(test)]
mod tests;
