//! One agent at a time, and none without its session.

use std::process::Stdio;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::presence::{Agent, program};
use crate::world::{World, session_test, within};

session_test! {
    /// As by `su`, by cron, or after the runtime folder was deleted: the lock beside the socket isn't seen there.
    async fn no_second_agent_works_with_the_same_data(mut world: World) {
        let agent = Agent::start(&mut world).await;
        let refused = |runtime: &str| {
            let mut second = program(&world, &["--hidden"]);
            second.env("CENTREX_TRAY_RUNTIME_DIR", world.home().join(runtime));
            async move {
                let second = tokio::process::Command::from(second).kill_on_drop(true).output();
                let output = within("the second one ends", second).await.unwrap();
                let told = String::from_utf8(output.stderr).unwrap();
                assert_eq!(output.status.code(), Some(1), "{told}");
                assert!(told.contains("déjà en marche") && told.contains("tray/data"), "{told}");
            }
        };
        refused("tray/elsewhere").await;
        std::fs::remove_dir_all(world.home().join("tray/run")).unwrap();
        refused("tray/run").await;
        // It is still there, undisturbed.
        agent.client.snapshot().await.unwrap();
    }
}

session_test! {
    async fn with_its_session_the_agent_ends_in_good_order(world: World) {
        let onlooker = world.bus().await;
        // As on a developer's desk; it is inherited.
        let allowed = getrlimit(Resource::Core).maximum;
        setrlimit(Resource::Core, Rlimit { current: allowed, maximum: allowed }).unwrap();
        let mut agent = tokio::process::Command::from(program(&world, &["--hidden"]))
            .env("CENTREX_TRAY_LOG", "centrex_tray=debug")
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut told = BufReader::new(agent.stderr.take().unwrap()).lines();
        let mut until = async |words: &[&str]| {
            let mut missing = words.to_vec();
            while !missing.is_empty() {
                let line = within("its log", told.next_line()).await.unwrap();
                let line = line.unwrap_or_else(|| panic!("it ended before it said {missing:?}"));
                missing.retain(|words| !line.contains(words));
            }
        };
        until(&["the session's bus is listened to", " started "]).await;
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", agent.id().unwrap())).unwrap();
        let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size"));
        let soft = core.and_then(|core| core.split_whitespace().next());
        assert_eq!(soft, Some("0"), "a core file would hold the token");
        let names = zbus::fdo::DBusProxy::new(&onlooker).await.unwrap();
        let bus = names.get_connection_unix_process_id("org.freedesktop.DBus".try_into().unwrap());
        let bus = bus.await.unwrap().to_string();
        let killed = std::process::Command::new("kill").arg(bus).status().unwrap();
        assert!(killed.success());
        until(&["the session has ended", "quitting"]).await;
        let end = within("it ends", agent.wait()).await.unwrap();
        assert!(end.success(), "{end}");
    }
}
