//! Callbacks over HTTP/2, by a client that sends what it is given: curl.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::process::Stdio;

use centrex_relay::ingest;

use crate::forward::Crm;
use crate::support::{Relay, SECRET, start_of};
use crate::tls::{Authority, chain_in, key_in};

/// Asks for all of these over one connection of HTTP/2; gives each answer's protocol, status and how many connections it took.
async fn curl(root: &std::path::Path, urls: &[OsString]) -> Vec<String> {
    let mut curl = tokio::process::Command::new("curl");
    curl.args([
        "--http2",
        "--silent",
        "--show-error",
        "--globoff",
        "--noproxy",
        "*",
        "--max-time",
        "20",
    ])
    .arg("--cacert")
    .arg(root)
    .args([
        "--write-out",
        "%{http_version} %{response_code} %{num_connects}\n",
    ])
    .stdin(Stdio::null());
    for url in urls {
        curl.args(["--output", "/dev/null"]).arg(url);
    }
    let output = curl.output().await.unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let told = String::from_utf8(output.stdout).unwrap();
    told.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_no_url_may_hold_are_taken_and_passed_on_over_http_2_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    authority.issue(folder.path());
    let root = folder.path().join("root.pem");
    std::fs::write(&root, authority.root()).unwrap();
    let crm = Crm::start().await;
    let (chain, key) = (chain_in(folder.path()), key_in(folder.path()));
    let keys = [
        ("tls.certificate", chain.to_str().unwrap()),
        ("tls.key", key.to_str().unwrap()),
    ];
    let relay = Relay::configured(&crm.config("/in", ""), &keys).await;
    let token = relay.enrol(&["1001"]).await;
    let base = format!("https://{}", relay.running.as_ref().unwrap().tls.unwrap());
    let url = |query: &[u8]| {
        let url = [format!("{base}/callback/{SECRET}?").as_bytes(), query].concat();
        OsString::from_vec(url)
    };
    let named = |call: &str, name: &[u8]| [start_of(call, "1001").as_bytes(), b"&name=", name].concat();
    let odd = b"event=call_end&call_id=c0&x=%zz%ff&y='|{}~$()*,;:@!&y=+%2B&&=";
    // The first is a good one, to which the others' compression refers.
    let queries = [
        named("c1", b"plain"),
        // Blanks and controls curl refuses itself.
        named("c2", b"Ren\xe9\"B\"<204>"),
        named("c3", "René".as_bytes()),
        b"event=\xff\xfe".to_vec(),
        odd.to_vec(),
        named("c4", b"plain"),
    ];
    let urls: Vec<OsString> = queries.iter().map(|query| url(query)).collect();
    let told = curl(&root, &urls).await;
    assert_eq!(told[0], "2 200 1");
    assert!(
        told.len() == urls.len() && told[1..].iter().all(|one| one == "2 200 0"),
        "{told:?}"
    );

    let live = relay.client(&token).calls().await.unwrap().live;
    let name = |call: &str| &*live.iter().find(|one| one.call_id.0 == call).unwrap().extra["name"];
    assert_eq!((name("c1"), name("c3"), name("c4")), ("plain", "René", "plain"));
    assert!(name("c2").contains("Ren%E9"), "{}", name("c2"));
    let kept = ingest::list_unmatched(&relay.data, 1).unwrap();
    assert_eq!(kept[0].raw, b"event=%FF%FE");

    // What no URL may hold was encoded on arrival; the rest came as it was, and all of it goes on so.
    let heard = crm.hears(|all| all.len() == queries.len()).await;
    let mut uris: Vec<&str> = heard.iter().map(|one| one.uri.as_str()).collect();
    uris.sort_unstable();
    let mut wanted = [
        format!("/in?{}", OsStr::from_bytes(&named("c1", b"plain")).display()),
        format!("/in?{}&name=Ren%E9%22B%22%3C204%3E", start_of("c2", "1001")),
        format!("/in?{}&name=Ren%C3%A9", start_of("c3", "1001")),
        "/in?event=%FF%FE".to_owned(),
        format!("/in?{}", OsStr::from_bytes(odd).display()),
        format!("/in?{}", OsStr::from_bytes(&named("c4", b"plain")).display()),
    ];
    wanted.sort_unstable();
    assert_eq!(uris, wanted);
    relay.stop().await;
}

/// Neither a call nor a trace would be left of it otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_is_too_long_over_http_2_is_kept_in_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    authority.issue(folder.path());
    let root = folder.path().join("root.pem");
    std::fs::write(&root, authority.root()).unwrap();
    let (relay, base) = crate::tls::start(folder.path()).await;
    let long = format!(
        "{base}/callback/{SECRET}?event=call_end&call_id=c1&x={}",
        "y".repeat(33 * 1024)
    );
    assert_eq!(curl(&root, &[long.into()]).await, ["2 414 1"]);
    let kept = ingest::list_unmatched(&relay.data, 1).unwrap();
    assert_eq!(kept[0].reason, "too-large");
    relay.stop().await;
}
