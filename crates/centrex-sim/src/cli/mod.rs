//! The command line.

mod args;
pub(crate) mod output;
mod remote;
mod serve;

pub(crate) use args::{Args, Usage};

use args::{Command, FaultsArgs, RecordArgs};
use centrex_sim::{Dial, Dialled, Entry, Faults, HangUp, PhoneStatus, Ring};
use remote::Remote;

/// Does what was asked.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let remote = || Remote::new(&args.sim);
    match args.command {
        Command::Serve(serve) => serve::serve(*serve).await,
        Command::Ring(ring) => {
            let mut accounts = ring.to.into_iter();
            let body = Ring {
                to: accounts.next().unwrap_or_default(),
                also: accounts.collect(),
                called: ring.called,
                from: ring.from,
                answer_after_s: ring.answer_after,
                talk_s: ring.talk,
                ring_for_s: ring.ring_for,
                withheld: None,
            };
            let call: Dialled = remote()?.post("ring", &body).await?;
            output::dialled(&call, args.json)
        }
        Command::Dial(dial) => {
            let body = Dial {
                from: dial.from,
                to: dial.to,
                answer_after_s: dial.answer_after,
                talk_s: dial.talk,
            };
            let call: Dialled = remote()?.post("dial", &body).await?;
            output::dialled(&call, args.json)
        }
        Command::PickUp(phone) => act(&remote()?, "pick-up", &phone.account).await,
        Command::Answer(phone) => act(&remote()?, "answer", &phone.account).await,
        Command::HangUp(phone) => {
            let body = HangUp {
                call_id: None,
                by: phone.by.into(),
            };
            let path = format!("phones/{}/hang-up", remote::escaped(&phone.account));
            remote()?.post::<serde_json::Value>(&path, &body).await.map(drop)
        }
        Command::Phones => {
            let phones: Vec<PhoneStatus> = remote()?.get("phones").await?;
            output::phones(&phones, args.json)
        }
        Command::Faults(faults) => run_faults(&remote()?, faults, args.json).await,
        Command::Record(record) => run_record(&remote()?, &record, args.json).await,
    }
}

async fn act(remote: &Remote, verb: &str, account: &str) -> anyhow::Result<()> {
    let path = format!("phones/{}/{verb}", remote::escaped(account));
    remote
        .post::<serde_json::Value>(&path, &serde_json::json!({}))
        .await
        .map(drop)
}

async fn run_faults(remote: &Remote, args: FaultsArgs, json: bool) -> anyhow::Result<()> {
    let faults: Faults = match args.faults {
        _ if args.clear => remote.put("faults", &Faults::default()).await?,
        Some(given) => remote.put("faults", &serve::read_faults(&given)?).await?,
        None => remote.get("faults").await?,
    };
    output::faults(&faults, json)
}

/// How long one request for the record waits while following.
const FOLLOW_S: u64 = 20;

async fn run_record(remote: &Remote, args: &RecordArgs, json: bool) -> anyhow::Result<()> {
    let mut after = args.after;
    loop {
        let wait = if args.follow { FOLLOW_S } else { 0 };
        let entries: Vec<Entry> = remote.get(&format!("record?after={after}&wait={wait}")).await?;
        output::entries(&entries, json)?;
        after = entries.last().map_or(after, |entry| entry.seq);
        if !args.follow {
            return Ok(());
        }
    }
}
