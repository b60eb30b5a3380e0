// Generated from crates/control/src/protocol; edit there, then run: cargo run -p control --example bindings
/* eslint-disable */

/**
 * A phone line.
 */
export type Account = { 
/**
 * The Centrex account id.
 */
id: string, 
/**
 * Rings when nothing else is said.
 */
default: boolean, };

/**
 * Answers.
 */
export type Answer = { "type": "done" } | { "type": "snapshot", 
/**
 * It.
 */
snapshot: Snapshot, } | { "type": "understood", 
/**
 * It.
 */
understood: Understood, } | { "type": "checks", 
/**
 * Them.
 */
checks: Array<Check>, };

/**
 * A call in a list.
 */
export type CallView = { 
/**
 * The account.
 */
account: string, 
/**
 * The platform's call id.
 */
call: string, 
/**
 * `incoming` or `outgoing`.
 */
direction: Direction, 
/**
 * What is known of it.
 */
outcome: Outcome, 
/**
 * The other party, ready to show: `01 42 68 53 00`, `Numéro masqué`.
 */
party: string, 
/**
 * The other party in E.164, when it is one and may be called back.
 */
number: string | null, 
/**
 * What is known about the number (country, class), when there is something.
 */
about: Message | null, 
/**
 * The line that was called or that calls, ready to show.
 */
line: string, 
/**
 * RFC 3339.
 */
started_at: string, 
/**
 * RFC 3339.
 */
connected_at: string | null, 
/**
 * RFC 3339.
 */
ended_at: string | null, 
/**
 * A missed call that nobody has seen yet.
 */
unread: boolean, };

/**
 * Pushed to subscribers.
 */
export type Change = { "type": "snapshot", 
/**
 * It.
 */
snapshot: Snapshot, } | { "type": "show", 
/**
 * Where.
 */
place: Place, 
/**
 * Near this point of the screen, when the desktop told one (physical pixels).
 */
anchor: Point | null, 
/**
 * Put this into the pad's field.
 */
fill: string | null, } | { "type": "test_step", 
/**
 * It.
 */
check: Check, } | { "type": "quitting" };

/**
 * One thing that was tried, for `doctor` and the connection test.
 */
export type Check = { 
/**
 * Stable name: `tray_host`, `notifications`, `keychain`, `relay_reachable`, `relay_token`, `relay_stream`, `platform`, …
 */
name: string, 
/**
 * How it went.
 */
result: CheckResult, 
/**
 * What was found, and what to do.
 */
message: Message, };

/**
 * How a check went.
 */
export type CheckResult = "ok" | "warning" | "failed" | "skipped";

/**
 * One of several numbers.
 */
export type Choice = { 
/**
 * `+33142685300`
 */
number: string, 
/**
 * `01 42 68 53 00`
 */
display: string, 
/**
 * As it stood before the number: `Tél.`, `Fax`.
 */
label: string | null, };

/**
 * The connection to the relay.
 */
export type Connection = { 
/**
 * Which.
 */
state: ConnectionState, 
/**
 * A sentence for people.
 */
message: Message, 
/**
 * Since when, RFC 3339.
 */
since: string | null, };

/**
 * States of the connection to the relay.
 */
export type ConnectionState = "none" | "connecting" | "live" | "down" | "refused";

/**
 * Whether the keychain holds a secret.
 */
export type Credential = { 
/**
 * Which.
 */
kind: CredentialKind, 
/**
 * Of which account.
 */
account: string | null, 
/**
 * Whether it is there.
 */
present: boolean, 
/**
 * Why that can't be said, and what to do.
 */
problem: Message | null, };

/**
 * The secrets that the product knows.
 */
export type CredentialKind = "relay_token" | "api_key" | "account_password";

/**
 * The call being placed.
 */
export type Dial = { 
/**
 * `+33142685300`; absent when what was typed isn't one number.
 */
number: string | null, 
/**
 * `01 42 68 53 00`, in the language of the moment, or what was typed.
 */
display: string, 
/**
 * Whose phone rings first, when that is known.
 */
account: string | null, 
/**
 * How far it is.
 */
stage: DialStage, 
/**
 * The sentence of the stage (what to do, or why it failed).
 */
message: Message, 
/**
 * When it was asked for, RFC 3339.
 */
started_at: string, 
/**
 * When both sides began to talk, RFC 3339.
 */
connected_at: string | null, 
/**
 * When it ended or failed, RFC 3339.
 */
ended_at: string | null, };

/**
 * Stages of a placed call. The platform announces the call, its connection and its end, and nothing finer: what it doesn't
 * say isn't claimed.
 */
export type DialStage = "question" | "asking" | "pick_up" | "calling" | "talking" | "ended" | "failed";

/**
 * Which way a call runs.
 */
export type Direction = "incoming" | "outgoing";

/**
 * An error answer: a code to branch on, a sentence to show.
 */
export type Error = { 
/**
 * Which.
 */
code: ErrorCode, 
/**
 * What happened, what it means and what to do.
 */
message: Message, };

/**
 * What clients branch on.
 */
export type ErrorCode = "bad_request" | "version" | "number" | "keychain" | "relay" | "settings" | "failed";

/**
 * A sentence by its id in `strings/*.ftl`, with its arguments; each side renders it in the language of the moment.
 */
export type Message = { 
/**
 * The Fluent message id.
 */
id: string, 
/**
 * Fluent arguments, all text.
 */
args: { [key in string]: string }, };

/**
 * How calls are placed and heard.
 */
export type Mode = "unset" | "relay" | "direct";

/**
 * What is known of a call's course.
 */
export type Outcome = "ringing" | "talking" | "answered" | "missed" | "no_answer" | "unknown";

/**
 * An enrolment link that waits. Its one-time code stays with the agent.
 */
export type PendingEnrolment = { 
/**
 * The relay's address as the link has it.
 */
relay: string, 
/**
 * Its host, to be shown large: whom the person is about to trust.
 */
host: string, };

/**
 * Where in the window.
 */
export type Place = "pad" | "calls" | "settings";

/**
 * A point of the screen in physical pixels.
 */
export type Point = { 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, };

/**
 * What a client may ask for.
 */
export type Request = { "type": "snapshot" } | { "type": "subscribe", 
/**
 * The client is the window: it also gets [`Change::Show`].
 */
window: boolean, } | { "type": "understand", 
/**
 * As typed or pasted.
 */
input: string, } | { "type": "dial", 
/**
 * As typed.
 */
input: string, 
/**
 * Whose phone rings; the default account when absent.
 */
account: string | null, 
/**
 * The person said yes to the question of the last `Understood` or of `dial.question`.
 */
confirmed: boolean, } | { "type": "dismiss_dial" } | { "type": "fill_pad", 
/**
 * A number or a `tel:`, `callto:`, `sip:` URI.
 */
input: string, } | { "type": "show", 
/**
 * Where.
 */
place: Place, } | { "type": "open_link", 
/**
 * The URI. It holds the one-time code.
 */
uri: Secret, } | { "type": "missed_read" } | { "type": "enrol", 
/**
 * `https://relay.example`
 */
relay: string, 
/**
 * The one-time code.
 */
code: Secret, } | { "type": "accept_enrolment", 
/**
 * [`PendingEnrolment::relay`] as the person saw it. Refused when by now another relay waits, or none.
 */
relay: string, } | { "type": "dismiss_enrolment" } | { "type": "set_credential", 
/**
 * Which.
 */
kind: CredentialKind, 
/**
 * Of which account; absent for the kinds that belong to none.
 */
account: string | null, 
/**
 * The secret.
 */
secret: Secret, } | { "type": "forget_credential", 
/**
 * Which.
 */
kind: CredentialKind, 
/**
 * Of which account.
 */
account: string | null, } | { "type": "change_settings", 
/**
 * What changes; absent fields stay.
 */
changes: SettingsChange, } | { "type": "test_connection" } | { "type": "doctor" } | { "type": "quit" };

/**
 * A secret on its way to the agent: text on the wire, never shown by Debug, wiped when dropped.
 */
export type Secret = string;

/**
 * The settings that the window shows.
 */
export type Settings = { 
/**
 * How it works.
 */
mode: Mode, 
/**
 * `fr`, `en`, or `system`.
 */
language: string, 
/**
 * `light`, `dark`, or `system`.
 */
theme: string, 
/**
 * `https://relay.example`
 */
relay_url: string | null, 
/**
 * Direct mode: the Centrex account.
 */
account_id: string | null, 
/**
 * Direct mode: by `api_key` or by `account_password`.
 */
authentication: string, 
/**
 * The platform's base address, when it isn't the operator's usual one.
 */
platform_url: string | null, 
/**
 * Alert when a phone rings.
 */
notify_incoming: boolean, 
/**
 * Alert after a missed call.
 */
notify_missed: boolean, 
/**
 * Sound with alerts.
 */
sound: boolean, 
/**
 * Start with the session.
 */
autostart: boolean, 
/**
 * Keys that the company fixed; shown as locked.
 */
locked: Array<string>, 
/**
 * Where the file is.
 */
file: string, };

/**
 * What to change; absent fields stay. Text fields: empty clears.
 */
export type SettingsChange = { 
/**
 * See [`Settings::mode`].
 */
mode?: Mode | null, 
/**
 * See [`Settings::language`].
 */
language?: string | null, 
/**
 * See [`Settings::theme`].
 */
theme?: string | null, 
/**
 * See [`Settings::relay_url`].
 */
relay_url?: string | null, 
/**
 * See [`Settings::account_id`].
 */
account_id?: string | null, 
/**
 * See [`Settings::authentication`].
 */
authentication?: string | null, 
/**
 * See [`Settings::platform_url`].
 */
platform_url?: string | null, 
/**
 * See [`Settings::notify_incoming`].
 */
notify_incoming?: boolean | null, 
/**
 * See [`Settings::notify_missed`].
 */
notify_missed?: boolean | null, 
/**
 * See [`Settings::sound`].
 */
sound?: boolean | null, 
/**
 * See [`Settings::autostart`].
 */
autostart?: boolean | null, };

/**
 * The whole state, all that the window and `status` show.
 */
export type Snapshot = { 
/**
 * The agent's version.
 */
version: string, 
/**
 * `default`, or the `--profile`.
 */
profile: string, 
/**
 * `fr` or `en`, as shown now.
 */
language: string, 
/**
 * How it works.
 */
mode: Mode, 
/**
 * The connection to the relay.
 */
connection: Connection, 
/**
 * The lines that this desktop serves.
 */
accounts: Array<Account>, 
/**
 * Whether a call could be placed now; a sentence says why not.
 */
cannot_dial: Message | null, 
/**
 * The call being placed, or the last one until its card is closed.
 */
dial: Dial | null, 
/**
 * Ringing and connected ones, newest first.
 */
live: Array<CallView>, 
/**
 * The latest ended ones, newest first, at most 100.
 */
recent: Array<CallView>, 
/**
 * Missed and not yet seen.
 */
missed: number, 
/**
 * What the keychain holds.
 */
credentials: Array<Credential>, 
/**
 * The settings in force.
 */
settings: Settings, 
/**
 * The settings file can't be read: which line, and what is done about it.
 */
settings_problem: Message | null, 
/**
 * An enrolment link that waits for the person's yes.
 */
pending_enrolment: PendingEnrolment | null, 
/**
 * A tray shows our icon.
 */
tray_shown: boolean, 
/**
 * This computer's clock, RFC 3339.
 */
at: string, 
/**
 * Larger than that of every snapshot that this agent made before: an answer and a change may overtake each other. A new
 * agent begins anew.
 */
revision: number, };

/**
 * What a typed text means.
 */
export type Understood = { 
/**
 * What to do with it.
 */
verdict: Verdict, 
/**
 * The sentence under the field: "Composera le 01 42 68 53 00", or why not.
 */
message: Message | null, 
/**
 * `+33142685300`, when there is one.
 */
number: string | null, 
/**
 * `01 42 68 53 00`, in the language of the moment.
 */
display: string | null, 
/**
 * What is known of it (class, country), when worth a line.
 */
about: Message | null, 
/**
 * More than one number was found: to choose from, likeliest first.
 */
choices: Array<Choice>, };

/**
 * Whether a text may be dialled.
 */
export type Verdict = "empty" | "incomplete" | "dial" | "confirm" | "choose" | "refuse";

/** Spoken by this build. */
export const PROTOCOL_VERSION = 1;
