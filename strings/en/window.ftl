# The window: labels, buttons, headings, its own sentences. What the agent says comes by id from core.ftl.

## Places
window-place-pad = Dial
window-place-calls = Calls
window-place-contacts = Contacts
window-place-settings = Settings
window-places = Places
window-live-badge = { $count ->
    [one] { $count } ongoing call
   *[other] { $count } ongoing calls
}
window-missed-badge = { $count ->
    [one] { $count } missed call
    [500] 500 missed calls or more
   *[other] { $count } missed calls
}

## Pad
window-pad-field = Number to dial
window-pad-placeholder = Name or number
window-pad-keys = Dial pad
window-pad-key-star = star
window-pad-key-hash = hash
window-pad-key-zero = 0, long press for the plus sign
window-pad-erase = Erase the last character
window-pad-erase-hint = Long press: erase all
window-pad-call = Call
window-pad-calling = Call requested…
window-pad-line = From
window-pad-line-default = { $line } (default)
window-pad-original = Original text
window-pad-choose = Which number to call?
window-pad-people = Contacts that match
window-pad-people-hint = Enter for the first one, arrow down for another.
window-pad-nobody = No contact of that name: type a number, or another name.
window-pad-question-yes = Call anyway
window-pad-question-no = Don’t call
window-pad-look-first = This number has only just come in: check it, then press Enter again.
window-pad-ready = Type a name or a number.
window-pad-ready-recall = Name, number, or ↑ for the last one dialled.
window-pad-setup = Nothing is set up yet.
window-pad-setup-button = Set up

## Card of a placed call
window-card = Call being placed
window-card-own = Your phone
window-card-other = Other party
window-card-from = From line { $line }
window-card-lasted = Duration: { $duration }
window-card-hang-up = To end the call, hang up your phone.
# $number: what came while this call goes on
window-card-next = Next number, waiting: { $number }
window-card-close = Close
window-card-hide = Hide
window-card-redial = Call again
window-card-retry = Try again
window-card-step-done = picked up
window-card-step-active = in progress
window-card-step-waiting = to come
window-card-step-failed = failed

## Calls
window-calls-live = Ongoing
window-calls-today = Today
window-calls-yesterday = Yesterday
window-calls-empty = No call yet
window-calls-empty-relay = Calls received, placed and missed on your lines will appear here.
window-calls-empty-direct = Calls that you dial from here will appear here. Without a relay, incoming calls can’t be announced.
window-calls-empty-unset = First choose a mode: relay or direct.
window-calls-empty-pad = Dial a number
window-calls-incoming = Incoming call
window-calls-outgoing = Outgoing call
window-calls-ringing-in = Ringing
window-calls-ringing-out = Calling
window-calls-talking = Talking
window-calls-answered-in = Answered
window-calls-answered-on = Answered on line { $line }
# $time: how long it rang, as “4 s”
window-calls-rang = rang { $time }
window-calls-answered-out = Connected
window-calls-missed = Missed
window-calls-no-answer = No answer
window-calls-unknown = Outcome unknown
window-calls-to-line = to { $line }
window-calls-from-line = from { $line }
window-calls-unread = not seen
window-calls-call-back = Call { $party } back
window-calls-call-back-short = Call back
window-calls-copy = Copy the number
window-calls-copied = Number copied
window-calls-copy-failed = The number couldn’t be copied. Select it and copy it with the keyboard.
window-calls-number = Number
window-calls-line = Line
window-calls-started = Start
window-calls-duration = Duration
window-calls-status = Status
window-calls-not-callable = This caller sent no number to call back.
window-calls-search = Search a name, a number, a note
window-calls-search-short = Name, number, note
window-calls-filter = Which calls
window-calls-filter-all = All calls
window-calls-filter-missed = Missed
window-calls-filter-incoming = Incoming
window-calls-filter-outgoing = Outgoing
window-calls-filter-to_call_back = To call back
window-calls-period = Period
window-calls-period-0 = Any time
window-calls-period-1 = Today
window-calls-period-7 = 7 days
window-calls-period-30 = 30 days
window-calls-period-365 = 12 months
window-calls-lines-all = All lines
window-calls-none-found = No call matches.
# $from, $until: times without connection to the relay
window-calls-hole-open = Not connected since { $from }
window-calls-hole-awaited = Not connected from { $from } to { $until } – not caught up yet
window-calls-hole-filled = Not connected from { $from } to { $until } – caught up
window-calls-hole-gap = Not connected from { $from } to { $until } – calls may be missing
window-calls-why = This name
window-calls-ambiguous = Several people have this number. Who is it?
window-calls-ambiguous-kept = Your choice is remembered. Somebody of the company directory becomes one of your contacts.
window-calls-another = It is somebody else…
window-calls-note = Note
window-calls-note-unsaved = Note not saved
window-calls-to-call-back = To call back
window-calls-record = Open the record
window-calls-silence = No more alerts
window-calls-unsilence = Alert again
window-calls-silenced = no alerts
window-calls-delete = Delete
window-calls-delete-sure = Really delete

## Settings
window-settings-mode = Mode
window-settings-mode-relay = Relay
window-settings-mode-direct = Direct
window-settings-mode-relay-about = Your company’s relay announces calls and places them for you.
window-settings-mode-direct-about = Your calls go straight to the platform. Without a relay, incoming calls aren’t announced.
window-settings-use = Use this mode
window-settings-relay-url = Relay address
window-settings-relay-url-hint = For example https://relay.example
window-settings-code = Enrolment code
window-settings-code-hint = Your administrator gives it to you. It works once.
window-settings-enrol = Enrol this computer
window-settings-enrolling = Enrolling…
window-settings-enrolled = This computer is enrolled with
window-settings-enrolled-done = This computer is enrolled.
window-settings-ready = All is ready
window-settings-ready-pad = Dial a number
window-settings-account = Account id
window-settings-account-hint = The one of your Centrex line.
window-settings-authentication = Sign in by
window-settings-api-key = API key
window-settings-password = Password
window-settings-secret-api-key = API key
window-settings-secret-password = Account password
window-settings-secret-token = Relay token
window-settings-secret-kept = In the system’s keychain
window-settings-secret-note = Kept by the system’s keychain, never shown.
window-settings-secret-replace = Replace
window-settings-secret-forget = Forget
window-settings-secret-forget-sure = Really forget
window-settings-cancel = Cancel
window-settings-save = Save
window-settings-saving = Saving…
window-settings-saved = Saved
window-settings-missing-account = Enter the account id: the secret belongs to it.
window-settings-missing-secret = Enter the secret to keep in the keychain.
window-settings-missing-relay = Enter the relay’s address.
window-settings-missing-code = Enter the enrolment code that your administrator gave you.
window-settings-lines = Lines served:
window-settings-test = Test the connection
window-settings-testing = Testing…
window-settings-test-steps = Steps of the test
window-settings-test-good = Everything works.
window-settings-test-bad = A step failed: the topmost one is where to begin.
window-settings-test-warning = It works, with a reservation.
window-settings-check-ok = passed
window-settings-check-warning = with a reservation
window-settings-check-failed = failed
window-settings-check-skipped = not tried
window-settings-notify-incoming = Incoming calls
window-settings-notify-incoming-about = A notification for as long as the phone rings
window-settings-notify-missed = Missed calls
window-settings-notify-missed-about = A reminder with a “Call back” button
window-settings-sound = Sound
window-settings-sound-about = Play a sound with notifications
window-settings-alerts-direct = Alerts need a relay.
window-settings-language = Language
window-settings-language-system = System
window-settings-language-fr = Français
window-settings-language-en = English
window-settings-theme = Theme
window-settings-theme-system = System
window-settings-theme-light = Light
window-settings-theme-dark = Dark
window-settings-start = Start
window-settings-autostart = Start when I sign in
window-settings-autostart-about = Centrex Tray then waits for calls right away
window-settings-locked = Fixed by your company
window-settings-file = Settings file
window-settings-copy-file = Copy the path
window-settings-copied = Copied
window-settings-version = Version
window-settings-profile = Profile
window-settings-doctor = Check this computer
window-settings-doctor-running = Checking…
window-settings-doctor-steps = Results of the check
window-settings-quit = Quit Centrex Tray
window-settings-quit-sure = Really quit? No more calls will be announced.
window-settings-quit-yes = Quit
window-settings-tray-missing = This desktop doesn’t show Centrex Tray’s icon. To find this window again, start Centrex Tray once more.

## First start
window-welcome-title = Welcome
window-welcome-text = Centrex Tray dials for you, tells you who is calling and keeps your missed calls. Your phone itself stays on the desk.
window-welcome-question = What were you given?
window-welcome-relay = I have an enrolment code
window-welcome-relay-about = Your administrator gave you an address and a code, or a link to open.
window-welcome-direct = I have an API key or a password
window-welcome-direct-about = For dialling only. Incoming calls aren’t announced.
window-welcome-back = Another choice

## An enrolment link that waits
window-enrol-title = Enrol this computer?
window-enrol-host = The link that you opened enrols this computer with:
window-enrol-trust = This server will know who calls you and can make your phone ring. Accept only if you recognise the name.
window-enrol-yes = Enrol this computer
window-enrol-no = Refuse
window-enrol-code = Enter the code

## Banners
window-banner-agent-lost = Centrex Tray no longer answers. The window reconnects as soon as it is back.
window-banner-agent-starting = Connecting to Centrex Tray…
window-banner-agent-start = Start Centrex Tray
window-agent-start-failed = Centrex Tray couldn’t be started. Start it from the applications menu, or reinstall it.
window-agent-unreachable = Centrex Tray doesn’t answer: nothing was done. Try again once the window is reconnected.
window-banner-open-settings = Open settings
window-banner-link = Enrolment link
window-banner-settings = Settings file
window-banner-keychain = Keychain
window-banner-connection = Relay
window-banner-journal = Call journal
window-banner-record = Call record
window-banner-restarted = The window had stopped; it was opened again. Your calls were not affected, but a number typed and not yet called has to be typed again.
# Instead of a sentence that this version lacks
window-unknown-sentence = Something went wrong that this version can’t describe. Quit Centrex Tray and start it again; if it persists, update it.
window-failed = It failed without an explanation. Try again; if it persists, restart Centrex Tray.

## Time
window-duration-seconds = { $seconds } s
window-duration-minutes = { $minutes } min { $seconds } s
window-duration-hours = { $hours } h { $minutes } min
