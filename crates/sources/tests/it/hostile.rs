//! Servers that don't keep to the rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::SecretString;
use sources::carddav::{Account, Client};
use sources::{Trouble, Trust};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Reads every request, answers it in the same way, then closes; counts the requests that carried a password.
async fn answering(
    answer: impl Fn(u16) -> Vec<u8> + Send + 'static,
    endless: bool,
) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if read_request(&mut stream).await.0.contains("authorization:") {
                count.fetch_add(1, Ordering::SeqCst);
            }
            // A client that has heard enough hangs up.
            let _ = stream.write_all(&answer(port)).await;
            while endless && stream.write_all(&[b' '; 65_536]).await.is_ok() {}
            let _ = stream.shutdown().await;
        }
    });
    (format!("http://127.0.0.1:{port}/dav/"), asked)
}

/// To its end, or what isn't read would reset the connection; gives its head, in lower case, and its body.
pub async fn read_request(stream: &mut TcpStream) -> (String, String) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).await.is_ok() {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    (head, String::from_utf8(body).unwrap())
}

async fn found(url: &str) -> Result<usize, Trouble> {
    let account = Account {
        url: Url::parse(url).unwrap(),
        user: "lise".into(),
        password: SecretString::from("canary"),
    };
    let client = Client::new(account, &Trust::default())?.with_limit(1 << 20);
    client.books(&[]).await.map(|books| books.len())
}

pub fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n{body}").into_bytes()
}

#[tokio::test]
async fn garbage_is_no_address_book() {
    for answer in [
        http("200 OK", "", "<html><body>It works!</body></html>"),
        http("207 Multi-Status", "", "<multistatus xmlns=\"DAV:\">"),
        http("207 Multi-Status", "", "\u{0}\u{1}binary"),
        http(
            "207 Multi-Status",
            "",
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><multistatus xmlns=\"DAV:\">&b;</multistatus>",
        ),
        http("404 Not Found", "", ""),
        http("301 Moved Permanently", "", ""),
        http("301 Moved Permanently", "Location: /dav/\r\n", ""),
    ] {
        let shown = String::from_utf8_lossy(&answer).into_owned();
        let (url, _) = answering(move |_| answer.clone(), false).await;
        assert_eq!(found(&url).await, Err(Trouble::NotOne), "{shown}");
    }
}

#[tokio::test]
async fn what_is_no_http_and_what_ends_early_is_unreachable() {
    for answer in [
        b"SSH-2.0-x\r\n".to_vec(),
        Vec::new(),
        http("207 Multi-Status", "Content-Length: 5000\r\n", "<x"),
    ] {
        let (url, _) = answering(move |_| answer.clone(), false).await;
        assert_eq!(found(&url).await, Err(Trouble::Unreachable));
    }
}

#[tokio::test]
async fn an_endless_answer_is_left() {
    let (url, _) = answering(
        |_| http("207 Multi-Status", "", "<multistatus xmlns=\"DAV:\">"),
        true,
    )
    .await;
    assert_eq!(found(&url).await, Err(Trouble::TooLarge));
}

#[tokio::test]
async fn a_password_does_not_follow_to_another_server() {
    let (other, asked) = answering(|_| http("404 Not Found", "", ""), false).await;
    let to = other.clone();
    let (url, _) = answering(
        move |_| http("302 Found", &format!("Location: {to}\r\n"), ""),
        false,
    )
    .await;
    assert_eq!(
        found(&url).await,
        Err(Trouble::Elsewhere {
            host: "127.0.0.1".into()
        }),
        "another port"
    );
    // Nor by an address inside of an answer.
    let principal = format!(
        "<multistatus xmlns=\"DAV:\"><response><href>/</href><propstat><prop><current-user-principal><href>{other}</href>\
         </current-user-principal></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
    );
    let (url, _) = answering(move |_| http("207 Multi-Status", "", &principal), false).await;
    assert_eq!(
        found(&url).await,
        Err(Trouble::Elsewhere {
            host: "127.0.0.1".into()
        })
    );
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn nothing_is_sent_unencrypted_to_another_computer() {
    for (url, trouble) in [
        ("http://cloud.example/", Trouble::Insecure),
        ("http://127.0.0.1.example/", Trouble::Insecure),
        ("ftp://127.0.0.1/", Trouble::NotOne),
    ] {
        assert_eq!(found(url).await, Err(trouble), "{url}");
    }
}

#[tokio::test]
async fn errors_of_the_server_are_told_with_their_number() {
    for (status, trouble) in [
        ("500 Oops", Trouble::Refused { code: 500 }),
        ("503 Busy", Trouble::Refused { code: 503 }),
        ("403 No", Trouble::Forbidden),
        ("401 Who?", Trouble::Password),
    ] {
        let (url, _) = answering(move |_| http(status, "", ""), false).await;
        assert_eq!(found(&url).await, Err(trouble));
    }
}
