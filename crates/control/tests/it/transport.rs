use control::protocol::{
    Answer, Change, Connection as Link, Error, ErrorCode, Message, Place, Request, ServerLine, Settings,
    Snapshot,
};
use control::transport::{Address, BindError, Client, ConnectError, Incoming, RequestError, Server};
use tempfile::TempDir;

fn address(folder: &TempDir) -> Address {
    Address::within(&folder.path().join("run"), &Default::default())
}

fn message(id: &str) -> Message {
    Message {
        id: id.to_owned(),
        args: Default::default(),
    }
}

/// Refuses every text to understand, with the text as the reason; does all else.
async fn serve(mut server: Server) {
    while let Ok(mut connection) = server.accept().await {
        tokio::spawn(async move {
            while let Some(line) = connection.requests.next().await {
                let (id, result) = match line {
                    Incoming::Request {
                        id,
                        request: Request::Understand { input },
                    } => (
                        id,
                        Err(Error {
                            code: ErrorCode::Number,
                            message: message(&input),
                        }),
                    ),
                    Incoming::Request { id, .. } => (id, Ok(Answer::Done)),
                    Incoming::Refused { id, error } => (id, Err(error)),
                };
                if connection
                    .outgoing
                    .send(&ServerLine::Reply { id, result })
                    .await
                    .is_err()
                {
                    return;
                }
            }
        });
    }
}

#[tokio::test]
async fn requests_are_answered_by_their_id() {
    let folder = tempfile::tempdir().unwrap();
    tokio::spawn(serve(Server::bind(&address(&folder)).unwrap()));
    let client = Client::connect_to(&address(&folder)).await.unwrap();
    let inputs: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let asked = inputs
        .iter()
        .map(|input| client.request(Request::Understand { input: input.clone() }));
    for (input, answer) in inputs.iter().zip(futures_util::future::join_all(asked).await) {
        let Err(RequestError::Refused(error)) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(error.message.id, *input);
    }
    assert!(matches!(
        client.request(Request::MissedRead).await,
        Ok(Answer::Done)
    ));
}

#[tokio::test]
async fn answers_match_requests_whatever_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::bind(&address(&folder)).unwrap();
    let serving = tokio::spawn(async move {
        let mut connection = server.accept().await.unwrap();
        let mut asked = Vec::new();
        for _ in 0..2 {
            let Some(Incoming::Request {
                id,
                request: Request::Understand { input },
            }) = connection.requests.next().await
            else {
                panic!("another request than sent");
            };
            asked.push((id, input));
        }
        for (id, input) in asked.into_iter().rev() {
            let result = Err(Error {
                code: ErrorCode::Number,
                message: message(&input),
            });
            connection
                .outgoing
                .send(&ServerLine::Reply { id, result })
                .await
                .unwrap();
        }
    });
    let client = Client::connect_to(&address(&folder)).await.unwrap();
    let ask = |input: &str| {
        client.request(Request::Understand {
            input: input.to_owned(),
        })
    };
    let (one, two) = tokio::join!(ask("one"), ask("two"));
    assert!(matches!(one, Err(RequestError::Refused(error)) if error.message.id == "one"));
    assert!(matches!(two, Err(RequestError::Refused(error)) if error.message.id == "two"));
    serving.await.unwrap();
}

#[tokio::test]
async fn a_subscription_gives_the_state_then_each_change_then_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::bind(&address(&folder)).unwrap();
    let serving = tokio::spawn(async move {
        let mut connection = server.accept().await.unwrap();
        let Some(Incoming::Request {
            id,
            request: Request::Subscribe { window: true },
        }) = connection.requests.next().await
        else {
            panic!("another request than sent");
        };
        let result = Ok(Answer::Snapshot {
            snapshot: Box::new(snapshot()),
        });
        connection
            .outgoing
            .send(&ServerLine::Reply { id, result })
            .await
            .unwrap();
        let show = Change::Show {
            place: Place::Calls,
            anchor: None,
            fill: Some("01 99 00 00 01".into()),
        };
        for change in [show, Change::Quitting] {
            connection
                .outgoing
                .send(&ServerLine::Change { change })
                .await
                .unwrap();
        }
    });
    let client = Client::connect_to(&address(&folder)).await.unwrap();
    let (state, mut changes) = client.subscribe(true).await.unwrap();
    assert_eq!(state, snapshot());
    assert!(matches!(
        changes.next().await,
        Some(Change::Show {
            place: Place::Calls,
            fill: Some(_),
            ..
        })
    ));
    assert!(matches!(changes.next().await, Some(Change::Quitting)));
    assert!(changes.next().await.is_none());
    serving.await.unwrap();
    assert!(matches!(
        client.request(Request::MissedRead).await,
        Err(RequestError::Lost)
    ));
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_said_to_be_and_the_connection_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::bind(&address(&folder)).unwrap();
    let serving = tokio::spawn(async move {
        let mut connection = server.accept().await.unwrap();
        let too_long = Snapshot {
            profile: "x".repeat(control::protocol::MAX_LINE),
            ..snapshot()
        };
        let change = Change::Snapshot {
            snapshot: Box::new(too_long.clone()),
        };
        for answer in [Box::new(too_long), Box::new(snapshot())] {
            let Some(Incoming::Request { id, .. }) = connection.requests.next().await else {
                panic!("no request");
            };
            let result = Ok(Answer::Snapshot { snapshot: answer });
            let lines = [
                ServerLine::Change {
                    change: change.clone(),
                },
                ServerLine::Reply { id, result },
            ];
            for line in lines {
                connection.outgoing.send(&line).await.unwrap();
            }
        }
    });
    let client = Client::connect_to(&address(&folder)).await.unwrap();
    let refused = client.snapshot().await;
    assert!(
        matches!(&refused, Err(RequestError::Refused(error)) if error.message.id == "control-answer-too-long"),
        "{refused:?}"
    );
    assert_eq!(client.snapshot().await.unwrap(), snapshot());
    client.closed().await;
    serving.await.unwrap();
    // And whoever asks later needn't wait.
    client.closed().await;
}

#[tokio::test]
async fn a_request_whose_agent_ends_is_lost_not_stuck() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::bind(&address(&folder)).unwrap();
    let serving = tokio::spawn(async move {
        let mut connection = server.accept().await.unwrap();
        connection.requests.next().await;
    });
    let client = Client::connect_to(&address(&folder)).await.unwrap();
    assert!(matches!(
        client.request(Request::MissedRead).await,
        Err(RequestError::Lost)
    ));
    serving.await.unwrap();
}

#[tokio::test]
async fn no_agent_is_told_apart_from_other_failures() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Client::connect_to(&address(&folder)).await,
        Err(ConnectError::NotRunning)
    ));
    drop(Server::bind(&address(&folder)).unwrap());
    assert!(matches!(
        Client::connect_to(&address(&folder)).await,
        Err(ConnectError::NotRunning)
    ));
}

#[tokio::test]
async fn a_second_agent_of_the_profile_is_refused_and_another_profile_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::bind(&address(&folder)).unwrap();
    assert!(matches!(
        Server::bind(&address(&folder)),
        Err(BindError::AlreadyRunning)
    ));
    let other = Address::within(&folder.path().join("run"), &"work".parse().unwrap());
    assert!(Server::bind(&other).is_ok());
    drop(first);
    assert!(Server::bind(&address(&folder)).is_ok());
}

#[tokio::test]
async fn of_many_that_start_at_once_exactly_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let address = address(&folder);
    let start = std::sync::Barrier::new(8);
    let runtime = tokio::runtime::Handle::current();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let _runtime = runtime.enter();
                    start.wait();
                    Server::bind(&address)
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Ok(_) | Err(BindError::AlreadyRunning)))
    );
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt;

    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::UnixStream;

    use super::*;
    use control::protocol::MAX_LINE;

    #[tokio::test]
    async fn the_socket_is_for_this_user_only() {
        let folder = tempfile::tempdir().unwrap();
        let _server = Server::bind(&address(&folder)).unwrap();
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&address(&folder).socket_file()), 0o600);
        assert_eq!(mode(&folder.path().join("run")), 0o700);
    }

    #[tokio::test]
    async fn a_folder_that_others_may_write_to_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        std::fs::create_dir(&run).unwrap();
        for (mode, refused) in [(0o777, true), (0o770, true), (0o1777, true), (0o755, false)] {
            std::fs::set_permissions(&run, std::fs::Permissions::from_mode(mode)).unwrap();
            let outcome = Server::bind(&address(&folder));
            match (&outcome, refused) {
                (Err(BindError::NotPrivate { folder }), true) => assert_eq!(*folder, run),
                (Ok(_), false) => {}
                _ => panic!("{mode:o}: {:?}", outcome.err()),
            }
        }
    }

    /// Another user's program, as the test below starts it.
    const IMPOSTOR: &str = "CONTROL_TEST_IMPOSTOR";
    const NOBODY: u32 = 65534;

    #[tokio::test]
    async fn what_another_user_put_into_the_folder_is_told_nothing() {
        if let Some(run) = std::env::var_os(IMPOSTOR) {
            let run = std::path::PathBuf::from(run);
            let address = Address::within(&run, &Default::default());
            let _socket = std::os::unix::net::UnixListener::bind(address.socket_file()).unwrap();
            std::fs::write(run.join("ready"), "").unwrap();
            // Until it is killed.
            std::io::stdin().read_line(&mut String::new()).unwrap();
            return;
        }
        // Only root can be two users.
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        std::fs::create_dir(&run).unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o777)).unwrap();
        let (listening, _writer) = std::io::pipe().unwrap();
        let mut impostor = std::process::Command::new(std::env::current_exe().unwrap());
        impostor
            .args([
                "transport::unix::what_another_user_put_into_the_folder_is_told_nothing",
                "--exact",
            ])
            .env(IMPOSTOR, &run)
            .stdin(listening)
            .current_dir("/");
        std::os::unix::process::CommandExt::uid(&mut impostor, NOBODY);
        let mut impostor = impostor.spawn().unwrap();
        while !run.join("ready").exists() {
            assert!(impostor.try_wait().unwrap().is_none(), "it ended early");
            tokio::task::yield_now().await;
        }
        let refused = Client::connect_to(&address(&folder)).await;
        impostor.kill().unwrap();
        impostor.wait().unwrap();
        assert!(
            matches!(&refused, Err(ConnectError::Io(error)) if error.kind() == std::io::ErrorKind::PermissionDenied),
            "{:?}",
            refused.err()
        );
        // Folders that are another user's are no place for a socket of ours.
        std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::chown(&run, Some(NOBODY), None).unwrap();
        assert!(matches!(
            Server::bind(&address(&folder)),
            Err(BindError::NotPrivate { .. })
        ));
    }

    #[tokio::test]
    async fn a_socket_that_a_dead_agent_left_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("run")).unwrap();
        // Dropping a listener leaves its file, as a killed process does.
        drop(std::os::unix::net::UnixListener::bind(address(&folder).socket_file()).unwrap());
        tokio::spawn(serve(Server::bind(&address(&folder)).unwrap()));
        let client = Client::connect_to(&address(&folder)).await.unwrap();
        assert!(matches!(
            client.request(Request::MissedRead).await,
            Ok(Answer::Done)
        ));
    }

    /// Sends a line as it is and gives the reply.
    async fn exchange(stream: &mut BufReader<UnixStream>, line: &[u8]) -> (u64, Result<Answer, Error>) {
        stream.get_mut().write_all(line).await.unwrap();
        stream.get_mut().write_all(b"\n").await.unwrap();
        let mut reply = String::new();
        stream.read_line(&mut reply).await.unwrap();
        match serde_json::from_str(&reply).unwrap() {
            ServerLine::Reply { id, result } => (id, result),
            other @ ServerLine::Change { .. } => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn lines_that_cannot_be_obeyed_get_a_reason_and_the_next_one_works() {
        let folder = tempfile::tempdir().unwrap();
        tokio::spawn(serve(Server::bind(&address(&folder)).unwrap()));
        let mut stream = BufReader::new(UnixStream::connect(address(&folder).socket_file()).await.unwrap());
        let too_long = vec![b'x'; MAX_LINE + 1];
        let cases: [(&[u8], u64, ErrorCode, &str); 5] = [
            (b"{", 0, ErrorCode::BadRequest, "control-bad-request"),
            (
                br#"{"v":1,"id":7,"request":{"type":"fly"}}"#,
                7,
                ErrorCode::BadRequest,
                "control-bad-request",
            ),
            (
                br#"{"v":2,"id":8,"request":{"type":"fly"}}"#,
                8,
                ErrorCode::Version,
                "control-version",
            ),
            (b"", 0, ErrorCode::BadRequest, "control-bad-request"),
            (&too_long, 0, ErrorCode::BadRequest, "control-line-too-long"),
        ];
        for (line, id, code, reason) in cases {
            let (got, result) = exchange(&mut stream, line).await;
            assert_eq!(
                (got, result.unwrap_err()),
                (
                    id,
                    Error {
                        code,
                        message: message(reason)
                    }
                )
            );
        }
        let (id, result) = exchange(&mut stream, br#"{"v":1,"id":9,"request":{"type":"missed_read"}}"#).await;
        assert_eq!(id, 9);
        assert!(matches!(result, Ok(Answer::Done)));
    }
}

/// A few fields of each kind; the rest is as good as any.
fn snapshot() -> Snapshot {
    Snapshot {
        version: "0.1.0".into(),
        connection: Link {
            message: message("link-none"),
            ..Link::default()
        },
        settings: Settings {
            theme: "system".into(),
            notify_incoming: true,
            keep_days: 90,
            ..Settings::default()
        },
        at: "2026-11-23T12:00:00Z".into(),
        revision: 1,
        ..Snapshot::default()
    }
}
