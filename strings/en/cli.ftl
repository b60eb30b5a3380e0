# What the command line, the connection test and doctor say; and why a link, an enrolment or a request was refused.
# The same ids and arguments stand in strings/fr/cli.ftl. Arguments are plain text, ready to show.

## Help of the command line

cli-about = Dials and announces the calls of your Centrex line
cli-help-profile = A separate profile, with its own settings, secrets and calls
cli-help-hidden = Start in the tray, without a window
cli-help-dial = Opens the dial pad with a number, without calling it
cli-help-selection = What is selected on the screen, instead of a number; for a hotkey of your desktop’s own
cli-help-number = A number, a tel:, callto: or sip: link, or the enrolment link that your administrator gave you
cli-help-status = Shows the state of the running app
cli-help-doctor = Checks what works on this computer
cli-help-quit = Quits the running app
cli-help-unregister = Stops the system from starting this app: with the session, and for links (before you delete it)
cli-help-calls = Shows the journal’s calls, newest first
cli-help-calls-text = Words of name, company or note, or digits of the number
cli-help-calls-missed = Missed calls only
cli-help-calls-incoming = Incoming calls only
cli-help-calls-outgoing = Outgoing calls only
cli-help-calls-to-call-back = Calls to call back only
cli-help-calls-account = Those of this line only
cli-help-calls-from = From this day (2026-11-24) or moment (RFC 3339) on
cli-help-calls-until = Up to this day included, or up to this moment
cli-help-calls-limit = At most so many calls
cli-help-calls-export = Writes all calls to a file
cli-help-calls-file = A .csv, .json or .ics file
cli-help-replace = Replaces the file when it exists
cli-help-bom = CSV: begins with a byte order mark, for Excel
cli-help-contacts = Searches the contacts
cli-help-contacts-text = Beginnings of words of name or company, or digits of the number
cli-help-contacts-favourites = Favourites only
cli-help-contacts-limit = At most so many contacts
cli-help-contacts-import = Shows what a file would bring, and imports it with --yes
cli-help-contacts-from = A vCard or CSV file
cli-help-contacts-yes = Imports what was shown
cli-help-contacts-undo = Takes back the last import
cli-help-contacts-export = Writes all contacts to a vCard file or a CSV table
cli-help-contacts-to = The file to write: .vcf or .csv
cli-help-contacts-delete = Deletes your own contacts, with --yes
cli-help-contacts-all = All of them, typed and imported
cli-help-contacts-delete-yes = Deletes them for good
cli-help-contacts-csv = Writes a CSV table, whatever the file is called
cli-help-json = Prints the result as JSON

## Why a command failed. $why: the system’s words

cli-not-running = The app is not running for this profile. Start it with “{ $command }”.
cli-not-reached = The running app does not answer ({ $why }). Quit it, then start it again.
cli-hangs = The running app has not answered for { $seconds } seconds: it hangs, or the computer is very busy. Try again in a moment; if that does not help, end the process “centrex-tray” and start the app again.
cli-start-failed = The app did not start, so nothing was opened. To see why, run “{ $command }” in a terminal.
cli-no-home = This session has no home folder, and that is where the app’s files belong. Set the variable HOME, then try again.
cli-lost = The app ended before it answered: whether it did what was asked is not certain. Start it again and check.
cli-answer-unknown = The running app is of another version than this command. Quit it, then start it again.
cli-quit-slow = The app agreed to quit but is still running. Wait a moment; if it stays, end it from the system’s task manager.
cli-unregister-failed = The system still starts this app ({ $why }). Check your access rights, then try again.
cli-socket-failed = The app cannot open its control socket and so does not start ({ $why }). Check the access rights of that folder, then try again.
cli-socket-not-private = The folder { $folder } belongs to another user, or others may write to it: the app does not open its control socket there and does not start. Give that folder to yourself alone (chmod 700), or name another one in CENTREX_TRAY_RUNTIME_DIR.
cli-data-in-use = The app already runs for the profile “{ $profile }” with the data in { $folder }, and cannot be reached from here: it was started in another session, or its runtime folder is gone. Use it there, or quit it from its icon’s menu, then try again.
cli-desktop-failed = The app cannot settle into the session and so does not start ({ $why }). Close some programs or sign in again, then try again.
cli-no-session-bus = No D-Bus session bus can be reached ({ $why }): without one there is no icon, no notification and no keychain. Start the app from your graphical session, or with “dbus-run-session centrex-tray”.

## status

cli-mode-unset = Nothing is set up yet.
cli-mode-relay = Calls through the company’s relay.
cli-mode-direct = Direct calls, without a relay.
# $host: the relay
cli-enrolment-waits = An enrolment with the relay { $host } waits for your answer in the window. Nothing is sent to it before.
# $accounts: account ids, separated by commas
cli-accounts = Lines: { $accounts }
cli-live-calls =
    { $count ->
        [0] No call now
        [one] 1 call now
       *[other] { $count } calls now
    }
cli-missed-calls =
    { $count ->
        [0] No missed call
        [one] 1 missed call
        [500] 500 missed calls or more
       *[other] { $count } missed calls
    }

## The control socket

control-bad-request = This request cannot be read. The program that sent it may not fit this version: update both together.
control-answer-too-long = The answer is longer than the app may send, so it was left out; what you asked for may have been done. Ask for less; if it happens again, restart the app.
control-line-too-long = This request is too long and was not read. Send a smaller one.
control-too-many = Too many programs talk to the app at once: this one was refused, and nothing was done. Close some of them and try again; if you don’t know which they are, restart the app.
control-version = This program is of another version than the running app. Quit the app, then start it again.

## The window. $path: where it should be

agent-window-missing = The window is not installed: the program { $path } is missing. Calls are announced all the same; install the app again to get the window back.
agent-window-not-started = The window does not open: the system refuses to start { $path } ({ $why }). Calls are announced all the same; install the app again if it goes on.

## Links and enrolment. $host: the relay

link-unknown = This link is not an enrolment link of Centrex Tray: nothing was done. Ask your administrator for the whole link.
enrol-address-bad = The relay’s address cannot be read. Enter it in full, for example https://relay.example.
enrol-address-plain = The relay’s address begins with http://: your token could be read on the network. Ask your administrator for the address with https://.
enrol-http-setup = The secure connection cannot be prepared on this computer ({ $why }). Check the system’s certificates and proxy, then try again.
enrol-code-missing = The enrolment code is missing. Enter the one that your administrator gave you.
enrol-code-mistyped = This code has a typing mistake: no relay ever gave out such a one, and nothing is lost. Compare it with the one that your administrator gave you, and enter it again.
enrol-code-used = This code was used already, and each works once: nothing was done here. Ask your administrator for a new one; if you never used it, say so.
enrol-code-expired = This code has expired or was withdrawn: nothing was done here. Ask your administrator for a new one.
enrol-code-invalid = The relay { $host } does not know this code: it may come from another relay. Check the relay’s address, or ask your administrator for a new code.
enrol-too-many = The relay { $host } gets too many attempts. Wait a minute, then try again; the code stays valid.
enrol-refused = The relay { $host } refused the enrolment. Try again in a moment, and tell your administrator if it goes on.
enrol-unreachable = The relay { $host } cannot be reached: the code was not sent and stays valid. Check the address and your network connection, then try again.
enrol-tls = The encrypted connection to the relay { $host } fails, its certificate is not trusted: the code was not sent and stays valid. Check the address, or tell your administrator.
enrol-no-answer = The relay { $host } did not answer in time. Try again; if the code is refused then, ask your administrator for a new one.
enrol-not-a-relay = What answers at { $host } is not a relay. Check the address with your administrator; the code stays valid.
enrol-token-not-stored = The relay accepted the code, but the keychain did not keep the token: this computer is not enrolled, and the code is used up. Open the keychain, then ask your administrator for a new code.
enrol-relay-locked = Your company fixed another relay: the enrolment was not done. Ask your administrator for a link to that relay.
enrol-link-changed = This enrolment no longer waits for your answer: another link was opened, or it was refused. Nothing was done. Check the relay that is shown, or open the link again.
credential-server-missing = No server and user are set for this password: it wasn’t kept. Save the address and the user first.
credential-account-missing = This secret belongs to an account, and none is given. Give the account’s id first.

## The connection test

test-not-set-up = Nothing is set up yet: choose your company’s relay or direct mode.
test-relay-address-missing = The relay’s address is missing. Enrol this computer with your administrator’s code.
test-address-ok = The address { $host } is known to the network.
test-address-unknown = The address { $host } is not known to the network ({ $why }). Check it, and your connection.
test-relay-reachable = The relay answers, and the connection to it is safe.
test-relay-reachable-plain = The relay answers. The connection isn’t encrypted: it must not leave this computer.
test-relay-unreachable = The relay cannot be reached ({ $why }). Check your network connection, or tell your administrator.
test-relay-tls = The encrypted connection to the relay fails ({ $why }): its certificate is not trusted. Check the address, or tell your administrator.
test-relay-no-answer = The relay does not answer in time. Try again, and tell your administrator if it goes on.
test-relay-not-a-relay = What answers at this address is not a relay. Check the address; a sign-in page of the network may also answer in its place.
test-relay-busy = The relay is overloaded or restarting. Try again in a moment.
test-token-missing = This computer has no token for the relay. Enter an enrolment code.
test-token-other-relay = This computer’s token comes from another relay: it is not sent to this one. Enter an enrolment code of this relay, or put the old address back.
test-token-refused = The relay no longer accepts this computer’s token. Ask your administrator for a new enrolment code.
# $label: the name that the administrator gave this computer
test-token-ok = The relay knows this computer as “{ $label }”.
test-stream-ok = Call alerts arrive.
test-stream-failed = Call alerts do not arrive: a proxy may hold them back. Tell your administrator.
test-relay-dial-ok = The relay can place calls for this computer.
test-relay-dial-none = The relay announces calls but cannot place any for this computer. Dial on your phone, or ask your administrator to allow it.
test-account-missing = The account’s id is missing. Enter it in the settings.
test-credentials-ok = The keychain holds this account’s secret.
test-credentials-missing = The keychain holds no secret for this account. Store the API key or the password in the settings.
test-credentials-other-platform = The keychain’s secret was given for another address of the platform: it is not sent to this one. Give it again in the settings, or put the old address back.
test-platform-reachable = The platform answers. The key is only checked with the first call, because the test rings nothing.
test-platform-unreachable = The platform cannot be reached ({ $why }). Check your Internet connection and the platform’s address.
test-direct-refused-key = The platform refused this key or password when a call was last placed, so the next one would fail too. Correct it in the settings, or ask your administrator.
test-direct-refused-forbidden = The platform refused this address or account when a call was last placed, so the next one would fail too. Ask your administrator to have it allowed by the operator.
test-direct-refused-no-callback = The platform refused the last call, for this account has no callback address. Ask your administrator to set one.
test-relay-refused-key = The platform refused the relay’s key when a call was last placed, so the next one would fail too. Tell your administrator.
test-relay-refused-forbidden = The platform refused the relay’s address or this account when a call was last placed, so the next one would fail too. Tell your administrator.
test-relay-refused-no-callback = The platform refused the last call, for this account has no callback address. Ask your administrator to set one from the relay.
test-direct-no-alerts = In direct mode incoming calls are not announced: that takes a relay.

## doctor

doctor-tray-ok = The tray shows the icon.
doctor-tray-none = No tray shows the icon. Calls are announced all the same; open the window with “centrex-tray”, or add a tray to your desktop (the AppIndicator extension on GNOME).
doctor-tray-host = A tray is ready to show the icon.
doctor-untried = This can only be checked while Centrex Tray is running. Start it and try again.
doctor-relay-ok = The relay answers, knows this computer and announces calls to it.
doctor-relay-unused = In direct mode no relay is used.
doctor-platform-by-relay = This computer does not speak to the platform: the relay does so for it. Your administrator can check the platform from the relay.
doctor-notifications-ok = Notifications are shown by { $server }.
doctor-notifications-unasked = The desktop has refused no notification.
doctor-notifications-refused = { $server } shows notifications, but has refused one since the start ({ $why }). If alerts are missing, sign out and in again.
doctor-notifications-no-buttons = { $server } shows notifications without their buttons: to call back, click the notification or open the list of calls.
doctor-notifications-failed = The desktop does not show notifications ({ $why }). Start a notification service, or allow Centrex Tray in the system’s settings.
doctor-keychain-ok = The keychain answers and keeps what it is given.
doctor-journal-ok = The call journal is being kept.
doctor-journal-failed = The call journal is not being kept ({ $why }): calls are shown, but wait to be written to it. Check the disk and the access rights of its folder; it is tried again by itself.
doctor-history-cut = The relay keeps more past calls than it hands over at once: the oldest may be missing from the journal of this computer. If you miss any, ask your administrator for them.
doctor-settings-ok = The settings file can be read.
doctor-window-ok = The window is installed.
# $program: the name of the program that opens links to numbers
doctor-hotkey-ok = { $keys } fills the pad with what is selected, in any program.
doctor-hotkey-asked = The hotkey is being set up. Ask again in a moment.
doctor-hotkey-none = No hotkey is set: dial.hotkey = "Ctrl+Alt+D" in the settings would fill the pad with what is selected, in any program.
cli-nothing-selected = Nothing is selected: the pad opens as it is. Select a number first.
cli-selection-failed = What is selected can’t be read ({ $why }): the pad wasn’t opened. Copy the number and paste it into the pad.
cli-selection-not-here = This system doesn’t tell what is selected: the pad wasn’t opened. Copy the number and paste it into the pad.
doctor-links-us = Numbers clicked in other programs open in Centrex Tray.
doctor-links-other = Numbers clicked in other programs open with { $program }. This can be changed in the window’s settings.
doctor-links-another = Numbers clicked in other programs open with another program than Centrex Tray. This can be changed in the window’s settings.
doctor-links-nobody = No program opens the numbers clicked in other programs. This can be changed in the window’s settings.
doctor-links-unknown = The system doesn’t tell which program opens the numbers clicked in other programs.
links-not-taken = Numbers clicked elsewhere still don’t open with Centrex Tray ({ $why }). Choose it among your system’s default applications.

# The journal, asked by the window or the command line
journal-call-gone = That call is no longer in the journal: it was deleted. Refresh the list.
journal-query-time = The period that was asked for is no date that can be read: choose it again.
journal-query-page = There is no such continuation: take the list from its beginning.
record-not-set = There is no record to open for this call: set its address in the settings.
silence-number-bad = This number can’t be put among those without alerts: it isn’t complete.
export-folder-unusable = The folder can’t be used: { $why }. Choose another one.
import-folder-empty = This folder holds nothing of an export: choose that of an export.
import-marks-unreadable = The favourites in marks.json can’t be read: they weren’t taken. Export everything again, then try once more.

## calls and contacts. $count, $added, $updated, $rejected: how many; $file: a name; $format: as what it was read

cli-call-ringing = ringing
cli-call-talking = in progress
cli-call-answered = answered
cli-call-answered-on = answered on line { $line }
# $line: the account’s id
cli-call-line = line { $line }
cli-call-missed-after = missed, rang { $seconds } s
cli-call-missed = missed
cli-call-no-answer = no answer
cli-call-unknown = outcome unknown
cli-calls-time = This date can’t be read. Write it as 2026-11-24 or 2026-11-24T08:00:00Z.
cli-calls-period = No call can lie there: --from is not before --until. Swap the two, or correct one.
# $command: the command that the first word of a search may have been meant for
cli-command-meant = These words were searched for, and nothing else was done. Did you mean “{ $command }”?
cli-file-name = This file’s name can’t be passed to the app. Rename it and try again.
cli-calls-written = Calls written: { $count }
cli-calls-none = No calls.
cli-calls-hole-open = not connected since { $from }
cli-calls-hole-awaited = not connected from { $from } to { $until }: not caught up yet
cli-calls-hole-filled = not connected from { $from } to { $until }: caught up
cli-calls-hole-gap = not connected from { $from } to { $until }: calls may be missing
cli-contacts-none = No contacts.
cli-contacts-more = The first { $count } contacts; there are more. Add words, or write all of them to a file with “contacts export”.
cli-calls-export-ending = Nothing was written: { $file } says by its ending what it is to be. Name it .csv, .json or .ics.
cli-contacts-export-ending = Nothing was written: { $file } says by its ending what it is to be. Name it .vcf or .csv, or add --csv for a table.
cli-file-exists = Nothing was written: { $file } exists already. Choose another name, or add --replace to replace it.
cli-contacts-written = Contacts written: { $count }
cli-contacts-preview = { $file } ({ $format }): { $added } to add, { $updated } to change, { $rejected } unreadable
cli-contacts-yes = Nothing was imported. Add --yes to import these contacts.
cli-contacts-imported = Contacts added: { $added }; changed: { $updated }
cli-contacts-others = and { $count } more
cli-contacts-remarks = Taken, and to be looked at:
cli-contacts-reading = Reading the file… { $percent } %
cli-contacts-writing = Importing… { $done } of { $total }
cli-contacts-stopping = Stopping…
cli-contacts-too-late = The import was already written when you stopped it. Take it back with “centrex-tray contacts undo”.
cli-contacts-not-awaited = Left before the app said whether the import ended. Look for its contacts, and take it back with “centrex-tray contacts undo” if they are there.
cli-contacts-undone = The import of { $file }, made on { $at }, was taken back. Contacts deleted: { $removed }; restored to how they were: { $restored }
cli-contacts-undone-kept = Changed since, and left as they are: { $count }
cli-contacts-delete-all = Your own contacts, typed and imported: { $count }. Those of a watched folder or of an address book on a server stay.
cli-contacts-delete-yes = Nothing was deleted. Add --yes to delete them for good; export them first if you may want them back.
cli-contacts-deleted = Contacts deleted: { $count }

## Why the hotkey doesn't work; told in the window too. $keys: Ctrl+Alt+D; $why: the system's words

hotkey-taken = Another program has taken { $keys }: these keys do nothing here. Choose others in the settings.
hotkey-not-on-keyboard = This keyboard has no key for { $keys }: these keys do nothing here. Choose others in the settings.
hotkey-wayland = Under Wayland, programs get no keys pressed elsewhere. In your desktop’s own keyboard settings, bind a shortcut to the command: centrex-tray dial --selection
hotkey-no-display = The display can’t be used ({ $why }): the hotkey does nothing. Restart the app in your session.
hotkey-not-here = There is no hotkey on this system yet: copy the number, then paste it into the pad.
