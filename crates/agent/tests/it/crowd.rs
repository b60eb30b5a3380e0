//! Many clients of the control socket at once: they cost little, and nobody waits for them.

use control::protocol::{Answer, Request};
use control::transport::RequestError;

use crate::world::{Desk, within};

#[tokio::test]
async fn clients_that_come_and_go_have_no_state_made_for_them() {
    let desk = Desk::new();
    let agent = desk.start().await;
    let before = agent.client.snapshot().await.unwrap().revision;
    for _ in 0..4_000 {
        drop(agent.connect().await);
    }
    // Each state that is made, shown or not, counts.
    let made = agent.client.snapshot().await.unwrap().revision - before;
    // Some belong to the agent's own start.
    assert!(made < 40, "{made} states were made");
}

#[cfg(unix)]
#[tokio::test]
async fn what_comes_together_is_shown_once() {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

    let desk = Desk::new();
    let agent = desk.start().await;
    let stream = tokio::net::UnixStream::connect(agent.socket()).await.unwrap();
    let (reading, mut writing) = stream.into_split();
    let before = agent.client.snapshot().await.unwrap().revision;
    let asked = 400;
    let lines: String = (0..asked)
        .map(|id| format!("{{\"v\":1,\"id\":{id},\"request\":{{\"type\":\"missed_read\"}}}}\n"))
        .collect();
    writing.write_all(lines.as_bytes()).await.unwrap();
    let mut answers = BufReader::new(reading).lines();
    for _ in 0..asked {
        let answer = within("an answer", answers.next_line()).await.unwrap().unwrap();
        assert!(answer.contains("\"done\""), "{answer}");
    }
    let made = agent.client.snapshot().await.unwrap().revision - before;
    assert!(made <= asked / 8, "{made} states were made for {asked} requests");
}

#[tokio::test]
async fn one_too_many_is_told_so_and_the_others_are_served() {
    let desk = Desk::new();
    let agent = desk.start().await;
    let mut crowd = Vec::new();
    for _ in 1..64 {
        let client = agent.connect().await;
        client.snapshot().await.unwrap();
        crowd.push(client);
    }
    let refused = agent.connect().await.request(Request::Snapshot).await;
    let Err(RequestError::Refused(error)) = refused else {
        panic!("not refused: {refused:?}")
    };
    assert_eq!(error.message.id, "control-too-many");
    let answer = agent
        .ask(Request::Understand {
            input: "0142685300".into(),
        })
        .await;
    assert!(matches!(answer, Answer::Understood { .. }));
    crowd.pop();
    within("there is room again", async {
        while agent.connect().await.snapshot().await.is_err() {}
    })
    .await;
}
