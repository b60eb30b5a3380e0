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
checks: Array<Check>, } | { "type": "calls", 
/**
 * They.
 */
page: CallPage, } | { "type": "contacts", 
/**
 * They.
 */
contacts: Array<Contact>, 
/**
 * The search would find more than its limit let through.
 */
more: boolean, } | { "type": "preview", 
/**
 * It.
 */
preview: ImportPreview, } | { "type": "taken", 
/**
 * What it did.
 */
taken: Taken, } | { "type": "undone", 
/**
 * What that did.
 */
undone: Undone, } | { "type": "written", 
/**
 * How many entries it holds.
 */
count: number, } | { "type": "deleted", 
/**
 * How many.
 */
count: number, } | { "type": "sources", 
/**
 * Each of them.
 */
sources: Array<Source>, } | { "type": "number_links", 
/**
 * They.
 */
links: NumberLinks, };

/**
 * Whether a call is to be called back.
 */
export type CallBackState = "none" | "wanted" | "settled";

/**
 * Kinds of calls.
 */
export type CallFilter = "all" | "missed" | "incoming" | "outgoing" | "to_call_back";

/**
 * Forms in which calls are written to a file.
 */
export type CallFormat = "csv" | "json" | "calendar";

/**
 * A page of calls.
 */
export type CallPage = { 
/**
 * Newest first.
 */
calls: Array<CallView>, 
/**
 * To be given as [`CallQuery::after`] for the next page; absent on the last one.
 */
next: string | null, 
/**
 * When calls couldn't be heard, within the time of this page (up to now for the first one), newest first.
 */
holes: Array<Hole>, };

/**
 * Which calls are wanted; newest first.
 */
export type CallQuery = { 
/**
 * Words (the beginning of each suffices, accents don't matter) of name, company and note, or digits of the number.
 */
text: string, 
/**
 * Which kind.
 */
filter: CallFilter, 
/**
 * Of this account only.
 */
account: string | null, 
/**
 * Started at or after this, RFC 3339.
 */
from: string | null, 
/**
 * Started before this, RFC 3339.
 */
until: string | null, 
/**
 * [`CallPage::next`] of the page before.
 */
after: string | null, 
/**
 * At most so many; 0 and what is above 200 count as 200.
 */
limit: number, };

/**
 * Names a call.
 */
export type CallRef = { 
/**
 * [`CallView::account`]
 */
account: string, 
/**
 * [`CallView::call`]
 */
call: string, };

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
 * It rang on several lines of this desk and was answered on the line of this other account.
 */
answered_on: string | null, 
/**
 * The other party, ready to show: its name, else `01 42 68 53 00`, else `Numéro masqué`.
 */
party: string, 
/**
 * The other party's number, ready to show, when it is told; also beside a name.
 */
display: string | null, 
/**
 * The company of the person named by `party`.
 */
company: string | null, 
/**
 * Why this name: where it comes from and since when.
 */
why: Message | null, 
/**
 * Several contacts have this number, or several people of the directory, and the person hasn't said which is meant.
 */
ambiguous: boolean, 
/**
 * Several contacts of different names have this number, whether or not the person has said which is meant.
 */
shared: boolean, 
/**
 * The person's note.
 */
note: string | null, 
/**
 * Whether it is to be called back.
 */
call_back: CallBackState, 
/**
 * There is a record to open.
 */
has_record: boolean, 
/**
 * Its number is silenced.
 */
silenced: boolean, 
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
 * The platform's own word for how it ended, as far as it is safe to show. Its vocabulary isn't documented: nothing follows
 * from it.
 */
status: string | null, 
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
check: Check, } | { "type": "preview_progress", 
/**
 * How far it is, in percent.
 */
percent: number, } | { "type": "import_progress", 
/**
 * Entries written so far.
 */
done: number, 
/**
 * Of so many.
 */
total: number, } | { "type": "quitting" };

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
 * A contact as it is shown.
 */
export type Contact = { 
/**
 * Opaque.
 */
id: string, 
/**
 * Person, else company, else number.
 */
name: string, 
/**
 * The company, when `name` is a person.
 */
company: string | null, 
/**
 * All of them.
 */
numbers: Array<ContactNumber>, 
/**
 * Its own words about it.
 */
note: string | null, 
/**
 * A favourite.
 */
favourite: boolean, 
/**
 * One's own: may be changed and deleted here.
 */
own: boolean, 
/**
 * Where it comes from, and since when: "why this name?"
 */
why: Message, 
/**
 * For [`ContactsRequest::WhoHas`]: the one that is shown for that number.
 */
chosen: boolean, };

/**
 * A contact of one's own, as typed.
 */
export type ContactDraft = { 
/**
 * Absent: a new one.
 */
id: string | null, 
/**
 * A person's name.
 */
name: string, 
/**
 * A company.
 */
company: string, 
/**
 * Numbers as typed, with their labels.
 */
numbers: Array<DraftNumber>, 
/**
 * Plain text.
 */
note: string, 
/**
 * A favourite.
 */
favourite: boolean, };

/**
 * Forms in which contacts are written to a file.
 */
export type ContactFormat = "vcard" | "csv";

/**
 * A number of a contact.
 */
export type ContactNumber = { 
/**
 * `mobile`, `work`, `home`, `fax`, `other`: worded by `contact-label-…`.
 */
label: string, 
/**
 * `06 12 34 56 78`, in the language of the moment.
 */
display: string, 
/**
 * What the pad takes when it is chosen.
 */
dial: string, };

/**
 * Requests about contacts; inside [`super::Request::Contacts`].
 */
export type ContactsRequest = { "type": "search", 
/**
 * Words (the beginning of each suffices, accents don't matter), or digits of a number; empty: all.
 */
text: string, 
/**
 * Favourites only.
 */
favourites: boolean, 
/**
 * At most so many; 0 and what is above 200 count as 200.
 */
limit: number, } | { "type": "save", 
/**
 * How it shall be.
 */
contact: ContactDraft, } | { "type": "delete", 
/**
 * [`Contact::id`]
 */
id: string, } | { "type": "favourite", 
/**
 * [`Contact::id`]
 */
id: string, 
/**
 * Whether it is one.
 */
favourite: boolean, } | { "type": "who_has", 
/**
 * `+33142685300`
 */
number: string, } | { "type": "choose", 
/**
 * `+33142685300`
 */
number: string, 
/**
 * [`Contact::id`]
 */
id: string, } | { "type": "delete_all" } | { "type": "preview", 
/**
 * An absolute path.
 */
path: string, } | { "type": "import" } | { "type": "cancel_import" } | { "type": "undo_import", 
/**
 * [`Taken::batch`]
 */
batch: string, } | { "type": "undo_last_import" } | { "type": "export", 
/**
 * An absolute path; an existing file is replaced.
 */
path: string, 
/**
 * As what.
 */
format: ContactFormat, 
/**
 * CSV only: begin with a byte order mark, as Excel wants it.
 */
bom: boolean, } | { "type": "sources" } | { "type": "sync" };

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
export type CredentialKind = "relay_token" | "api_key" | "account_password" | "carddav_password" | "ldap_password";

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
 * Who has that number: the person, else the company. Absent as well when several contacts have it.
 */
name: string | null, 
/**
 * The company of the person named.
 */
company: string | null, 
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
 * A number as typed.
 */
export type DraftNumber = { 
/**
 * As [`ContactNumber::label`].
 */
label: string, 
/**
 * As typed.
 */
number: string, };

/**
 * An error answer: roughly what it is, and a sentence to show.
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
 * What went wrong, roughly. Our own clients show the sentence and don't ask; a script may.
 */
export type ErrorCode = "bad_request" | "version" | "number" | "keychain" | "relay" | "settings" | "failed";

/**
 * A time in which this desktop wasn't connected to the relay.
 */
export type Hole = { 
/**
 * RFC 3339.
 */
from: string, 
/**
 * RFC 3339; absent while it lasts.
 */
until: string | null, 
/**
 * What became of the calls of that time.
 */
state: HoleState, };

/**
 * What is known of a time without connection.
 */
export type HoleState = "open" | "filled" | "gap";

/**
 * A column of a CSV file.
 */
export type ImportColumn = { 
/**
 * As in the file's first line.
 */
header: string, 
/**
 * What it was taken for, worded by `contact-column-…`; absent: it isn't read.
 */
field: string | null, };

/**
 * What an import would do.
 */
export type ImportPreview = { 
/**
 * The file's name without its folder.
 */
file: string, 
/**
 * `vCard 3.0`, `CSV · ; · Windows-1252`.
 */
format: string, 
/**
 * CSV: what each column was taken for, `None` when it isn't read.
 */
columns: Array<ImportColumn>, 
/**
 * How many contacts it would add.
 */
added: number, 
/**
 * How many it would change.
 */
updated: number, 
/**
 * The first ones, at most 20.
 */
sample: Array<Contact>, 
/**
 * What can't be read, at most 100.
 */
rejected: Array<Rejected>, 
/**
 * How many can't be read.
 */
rejected_count: number, 
/**
 * What is taken otherwise than the file says it, in the order of lines, at most 100.
 */
remarks: Array<Remark>, 
/**
 * How many such things there are.
 */
remark_count: number, };

/**
 * Requests about calls that the journal holds; inside [`super::Request::Journal`].
 */
export type JournalRequest = { "type": "search", 
/**
 * Which calls.
 */
query: CallQuery, } | { "type": "note", 
/**
 * Which call.
 */
at: CallRef, 
/**
 * Plain text, at most 4,000 characters.
 */
note: string, } | { "type": "call_back", 
/**
 * Which call.
 */
at: CallRef, 
/**
 * Ticked.
 */
wanted: boolean, } | { "type": "open_record", 
/**
 * Which call.
 */
at: CallRef, } | { "type": "delete", 
/**
 * Which call.
 */
at: CallRef, } | { "type": "delete_all" } | { "type": "export", 
/**
 * An absolute path; an existing file is replaced.
 */
path: string, 
/**
 * As what.
 */
format: CallFormat, 
/**
 * CSV only: begin with a byte order mark, as Excel wants it.
 */
bom: boolean, } | { "type": "import", 
/**
 * An absolute path.
 */
path: string, };

/**
 * Who opens links to numbers.
 */
export type LinkOpener = "us" | "other" | "nobody" | "unknown";

/**
 * How this program comes to open links to numbers.
 */
export type LinkTakeover = "here" | "system_settings" | "not_installed" | "elsewhere";

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
 * Who opens links to numbers (`tel:`) on this desktop, and how that can be changed.
 */
export type NumberLinks = { 
/**
 * Who opens them now.
 */
opener: LinkOpener, 
/**
 * The other program's name, where the system tells it.
 */
program: string | null, 
/**
 * How this program comes to open them.
 */
takeover: LinkTakeover, };

/**
 * What is known of a call's course.
 */
export type Outcome = "ringing" | "talking" | "answered" | "missed" | "no_answer" | "unknown";

/**
 * An enrolment link that waits. Its one-time code stays with the agent.
 */
export type PendingEnrolment = { 
/**
 * Which link this is: another one has another id, also for the same relay.
 */
id: string, 
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
export type Place = "pad" | "calls" | "contacts" | "settings";

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
 * An entry that can't be read.
 */
export type Rejected = { 
/**
 * Where in the file, from 1.
 */
line: number, 
/**
 * Why.
 */
why: Message, };

/**
 * Something of a contact that is taken otherwise than the file says it.
 */
export type Remark = { 
/**
 * Where its entry begins in the file, from 1.
 */
line: number, 
/**
 * Whose, as [`Contact::name`].
 */
contact: string, 
/**
 * What it is, and what becomes of it.
 */
what: Message, };

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
 * [`PendingEnrolment::relay`] as the person saw it.
 */
relay: string, 
/**
 * [`PendingEnrolment::id`] of the link that the person saw. Refused when by now another link waits, or none.
 */
id: string, } | { "type": "dismiss_enrolment" } | { "type": "set_credential", 
/**
 * Which.
 */
kind: CredentialKind, 
/**
 * Of which account; absent for the kinds that belong to none, and for those that the settings name.
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
changes: SettingsChange, } | { "type": "test_connection" } | { "type": "doctor" } | { "type": "journal", 
/**
 * What.
 */
ask: JournalRequest, } | { "type": "contacts", 
/**
 * What.
 */
ask: ContactsRequest, } | { "type": "silence", 
/**
 * `+33142685300`
 */
number: string, 
/**
 * Silenced from now on.
 */
silenced: boolean, } | { "type": "number_links" } | { "type": "take_number_links" } | { "type": "export_all", 
/**
 * An absolute path; made when missing, files in it are replaced.
 */
path: string, } | { "type": "import_all", 
/**
 * An absolute path.
 */
path: string, } | { "type": "quit" };

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
 * Direct mode: how requests go to the platform, `get` or `post`.
 */
platform_method: string, 
/**
 * Direct mode: numbers go to the platform with their `+`.
 */
platform_plus: boolean, 
/**
 * Of several accounts, the one that rings when nothing else is said.
 */
default_account: string | null, 
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
 * Keys that fill the pad with what is selected, wherever that is: `Ctrl+Alt+D`; empty: none.
 */
dial_hotkey: string, 
/**
 * Start with the session.
 */
autostart: boolean, 
/**
 * A line about one's own outgoing calls too.
 */
notify_outgoing: boolean, 
/**
 * No alert at all: the program only dials.
 */
click_to_call_only: boolean, 
/**
 * Hold alerts back while the desktop is set not to disturb.
 */
respect_dnd: boolean, 
/**
 * Neither name nor number in alerts while the screen is locked.
 */
discreet_when_locked: boolean, 
/**
 * Hours without alerts, as [`super::SettingsChange::quiet_hours`] has them; empty: none.
 */
quiet_hours: string, 
/**
 * Numbers without alerts.
 */
silenced: Array<SilencedNumber>, 
/**
 * When the record of a call opens by itself: `never`, `ringing`, `answered`; `request`: only when asked.
 */
pop_when: string, 
/**
 * For which calls it opens by itself: `incoming`, `outgoing`.
 */
pop_directions: Array<string>, 
/**
 * What record addresses may begin with, beside `https`.
 */
pop_schemes: Array<string>, 
/**
 * The record's address with placeholders: `https://crm.example/search?tel={e164}`
 */
pop_url: string | null, 
/**
 * A program that is run with the call in its environment: an absolute path.
 */
pop_program: string | null, 
/**
 * Calls are kept so many days; 0: always.
 */
keep_days: number, 
/**
 * Calls with a withheld number are kept.
 */
keep_private: boolean, 
/**
 * A folder of vCard files that is watched.
 */
contacts_folder: string | null, 
/**
 * An address book on a server (CardDAV), or the server: `https://cloud.example`
 */
carddav_url: string | null, 
/**
 * Who asks there.
 */
carddav_user: string, 
/**
 * Of several books those that are read, by their names; none: all of them.
 */
carddav_books: Array<string>, 
/**
 * It is read again after so many minutes; 0: at the start and on request alone.
 */
carddav_every_minutes: number, 
/**
 * A company directory: `ldaps://ad.example`
 */
ldap_url: string | null, 
/**
 * Where to search in it.
 */
ldap_base: string, 
/**
 * Who asks there; empty: anybody.
 */
ldap_user: string, 
/**
 * What is searched; `{number}` stands for the conditions on the number.
 */
ldap_filter: string, 
/**
 * Attributes that hold numbers.
 */
ldap_numbers: Array<string>, 
/**
 * Attributes that hold the name: the first that is there.
 */
ldap_names: Array<string>, 
/**
 * Attributes that hold the company: the first that is there.
 */
ldap_companies: Array<string>, 
/**
 * What stands before an internal extension to make it a full number: `+33142685`
 */
extension_prefix: string | null, 
/**
 * How many digits an internal extension has; 0: none.
 */
extension_length: number, 
/**
 * Digits that people type before an outside number.
 */
outside_prefix: string | null, 
/**
 * Seconds that the window's process stays, hidden, after it was closed.
 */
window_linger_s: number, 
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
 * See [`Settings::platform_method`].
 */
platform_method?: string | null, 
/**
 * See [`Settings::platform_plus`].
 */
platform_plus?: boolean | null, 
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
 * See [`Settings::dial_hotkey`].
 */
dial_hotkey?: string | null, 
/**
 * See [`Settings::autostart`].
 */
autostart?: boolean | null, 
/**
 * See [`Settings::notify_outgoing`].
 */
notify_outgoing?: boolean | null, 
/**
 * See [`Settings::click_to_call_only`].
 */
click_to_call_only?: boolean | null, 
/**
 * See [`Settings::respect_dnd`].
 */
respect_dnd?: boolean | null, 
/**
 * See [`Settings::discreet_when_locked`].
 */
discreet_when_locked?: boolean | null, 
/**
 * See [`Settings::quiet_hours`]: `20:00-08:00 mon,tue,wed,thu,fri`; without days: every day.
 */
quiet_hours?: string | null, 
/**
 * See [`Settings::pop_when`].
 */
pop_when?: string | null, 
/**
 * See [`Settings::pop_url`].
 */
pop_url?: string | null, 
/**
 * See [`Settings::pop_program`].
 */
pop_program?: string | null, 
/**
 * See [`Settings::keep_days`].
 */
keep_days?: number | null, 
/**
 * See [`Settings::keep_private`].
 */
keep_private?: boolean | null, 
/**
 * See [`Settings::contacts_folder`].
 */
contacts_folder?: string | null, 
/**
 * See [`Settings::carddav_url`].
 */
carddav_url?: string | null, 
/**
 * See [`Settings::carddav_user`].
 */
carddav_user?: string | null, 
/**
 * All of [`Settings::carddav_books`].
 */
carddav_books?: Array<string> | null, 
/**
 * See [`Settings::carddav_every_minutes`].
 */
carddav_every_minutes?: number | null, 
/**
 * See [`Settings::ldap_url`].
 */
ldap_url?: string | null, 
/**
 * See [`Settings::ldap_base`].
 */
ldap_base?: string | null, 
/**
 * See [`Settings::ldap_user`].
 */
ldap_user?: string | null, 
/**
 * See [`Settings::ldap_filter`]; empty: the usual one.
 */
ldap_filter?: string | null, 
/**
 * All of [`Settings::ldap_numbers`]; none: the usual ones.
 */
ldap_numbers?: Array<string> | null, 
/**
 * All of [`Settings::ldap_names`]; none: the usual ones.
 */
ldap_names?: Array<string> | null, 
/**
 * All of [`Settings::ldap_companies`]; none: the usual ones.
 */
ldap_companies?: Array<string> | null, 
/**
 * See [`Settings::extension_prefix`].
 */
extension_prefix?: string | null, 
/**
 * See [`Settings::extension_length`].
 */
extension_length?: number | null, 
/**
 * See [`Settings::outside_prefix`].
 */
outside_prefix?: string | null, 
/**
 * See [`Settings::default_account`].
 */
default_account?: string | null, 
/**
 * All of [`Settings::pop_directions`].
 */
pop_directions?: Array<string> | null, 
/**
 * All of [`Settings::pop_schemes`].
 */
pop_schemes?: Array<string> | null, 
/**
 * See [`Settings::window_linger_s`].
 */
window_linger_s?: number | null, };

/**
 * A number without alerts.
 */
export type SilencedNumber = { 
/**
 * `+33142685300`
 */
number: string, 
/**
 * `01 42 68 53 00`, in the language of the moment.
 */
display: string, };

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
 * Ringing and connected ones, newest first, at most 100.
 */
live: Array<CallView>, 
/**
 * How many more ring or are connected.
 */
live_more: number, 
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
 * The call journal: calls aren't kept, or a damaged one was set aside when it was opened, under which name.
 */
journal_problem: Message | null, 
/**
 * The contacts can't be read: why, and what to do.
 */
contacts_problem: Message | null, 
/**
 * The record of a call couldn't be opened: why, and what to do. Until one opens again or the settings change.
 */
record_problem: Message | null, 
/**
 * The hotkey of the settings doesn't work: why, and what to do.
 */
hotkey_problem: Message | null, 
/**
 * An enrolment link that waits for the person's yes.
 */
pending_enrolment: PendingEnrolment | null, 
/**
 * The last link of our own that was opened can't be obeyed: why, and what to do. Until another comes, the person has
 * read it ([`Request::DismissEnrolment`](super::Request::DismissEnrolment)), or an enrolment succeeds.
 */
link_problem: Message | null, 
/**
 * Grows with every change of the journal: what was searched may be out of date.
 */
journal_revision: number, 
/**
 * Grows with every change of the contacts.
 */
contacts_revision: number, 
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
 * Where contacts come from.
 */
export type Source = { 
/**
 * `own`, `import`, `folder`, `carddav`, `ldap`.
 */
kind: string, 
/**
 * The file, folder, address; empty for one's own.
 */
name: string, 
/**
 * How many contacts came from it; absent where they aren't kept (LDAP).
 */
contacts: number | null, 
/**
 * When it was last read in full, RFC 3339.
 */
read_at: string | null, 
/**
 * What is wrong with it.
 */
trouble: Message | null, };

/**
 * What an import did.
 */
export type Taken = { 
/**
 * To take it back; absent when that can't be.
 */
batch: string | null, 
/**
 * New ones.
 */
added: number, 
/**
 * Changed ones.
 */
updated: number, 
/**
 * What couldn't be read.
 */
rejected: number, 
/**
 * An export of everything: favourites, and choices among several contacts, that hold here now.
 */
marks: number, 
/**
 * The same: settings that were taken over.
 */
settings: number, 
/**
 * The same: settings that stay, as the company fixes them.
 */
settings_locked: number, };

/**
 * What a typed text means.
 */
export type Understood = { 
/**
 * What to do with it.
 */
verdict: Verdict, 
/**
 * The sentence under the field: "Composera le 01 42 68 53 00", or why not. Of what is incomplete: why not, for who
 * presses call all the same; nothing is said of it while it is typed.
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
 * Who has it: the person, else the company. Absent as well when several contacts have it.
 */
name: string | null, 
/**
 * The company of the person named.
 */
company: string | null, 
/**
 * What is known of it (class, country), when worth a line.
 */
about: Message | null, 
/**
 * More than one number was found: to choose from, likeliest first.
 */
choices: Array<Choice>, };

/**
 * What taking an import back did.
 */
export type Undone = { 
/**
 * The file's name without its folder.
 */
file: string, 
/**
 * When it was imported, RFC 3339.
 */
at: string, 
/**
 * Contacts that it had added, now deleted.
 */
removed: number, 
/**
 * Contacts that it had changed, now as before.
 */
restored: number, 
/**
 * Contacts left as they are, as they were changed or deleted since.
 */
kept: number, };

/**
 * Whether a text may be dialled.
 */
export type Verdict = "empty" | "incomplete" | "dial" | "confirm" | "choose" | "refuse";

/** Spoken by this build. */
export const PROTOCOL_VERSION = 1;
