# The window's settings beyond the connection: pages, alerts, the record, contacts. The same ids stand in strings/fr/window-settings.ftl.

window-settings-page-connection = Connection
window-settings-page-alerts = Alerts
window-settings-page-record = Record of the other party
window-settings-page-contacts = Sources of contacts
window-settings-page-data = Calls and data
window-settings-page-general = Appearance and start
window-settings-page-about = About

# What holds now, under the name of each page
window-settings-state-none = Without a relay
window-settings-state-connecting = Connecting to the relay…
window-settings-state-live = Connected to the relay
window-settings-state-down = Relay can’t be reached
window-settings-state-refused = Refused by the relay
window-settings-state-unenrolled = Not enrolled
window-settings-sum-incoming = incoming
window-settings-sum-missed = missed
window-settings-sum-outgoing = outgoing
window-settings-sum-none = none
window-settings-sum-quiet = quiet from { $from } to { $to }
window-settings-sum-contacts = Folder, server, directory, extensions
window-settings-sum-always = Calls kept without limit
window-settings-sum-days =
    { $days ->
        [one] Calls kept for { $days } day
       *[other] Calls kept for { $days } days
    }
window-settings-sum-version = Version { $version }, check of this computer

window-settings-choose = Choose…
window-settings-remove = Remove
window-settings-advanced = Advanced
window-settings-platform = Platform address
window-settings-platform-hint = Leave it empty unless your operator says otherwise.
window-settings-method = Requests to the platform
window-settings-method-get = GET
window-settings-method-post = POST
window-settings-plus = Send numbers with their +
window-settings-plus-about = Only if your operator says so.
window-settings-default-line = Default line
window-settings-default-line-about = The phone that rings when you choose no line.

## Alerts
window-settings-click-only = Dial only
window-settings-click-only-about = No alert and no sound. Calls are still kept.
window-settings-announced = What is announced
window-settings-notify-outgoing = Outgoing calls
window-settings-notify-outgoing-about = Those that you place on the phone
window-settings-rest = Without disturbing
window-settings-respect-dnd = Follow “Do not disturb”
window-settings-respect-dnd-about = Alerts wait for as long as the desktop asks for it
window-settings-discreet = Discreet while the screen is locked
window-settings-discreet-about = Neither name nor number in alerts
window-settings-quiet = Quiet hours
window-settings-quiet-about = What was missed is told afterwards
window-settings-quiet-from = From
window-settings-quiet-to = to
window-settings-quiet-days = Days on which they begin
window-settings-quiet-wrong = This isn’t a time of day: type it as 08:30.
window-settings-silenced = Numbers without alerts
window-settings-silenced-none = All numbers are announced.
window-settings-silenced-how = To add one: in Calls, open one of its calls.
window-settings-silenced-remove = Alert again for { $number }

## The record of a call's party
window-settings-record-about = With each call, Centrex Tray can open the other party’s record in your own software.
window-settings-record-when = When to open it
window-settings-record-never = Never
window-settings-record-never-about = Nothing opens and nothing is offered.
window-settings-record-ringing = As soon as the phone rings
window-settings-record-ringing-about = Once for each call.
window-settings-record-answered = Once the call is answered
window-settings-record-answered-about = Once for each call.
window-settings-record-request = On request
window-settings-record-request-about = By the button of the alert or of the call.
window-settings-record-for-incoming = When somebody calls you
window-settings-record-for-outgoing = When you call
window-settings-record-what = What opens
window-settings-record-url = Address of the record
window-settings-record-url-hint = For example https://crm.example/search?tel={"{"}e164{"}"}
window-settings-record-placeholders = Parts to insert into the address
window-settings-record-e164 = Insert the international number
window-settings-record-national = Insert the national number
window-settings-record-name = Insert the name
window-settings-record-company = Insert the company
window-settings-record-line = Insert the line called
window-settings-record-direction = Insert the direction of the call
window-settings-record-call_id = Insert the call’s id
window-settings-record-account = Insert the account id
window-settings-record-state = Insert the state of the call
window-settings-record-example = For a call from Menuiserie Exemple, this would open:
window-settings-record-schemes = Other beginnings allowed
window-settings-record-schemes-hint = Beside https, separated by commas. For example: crm
window-settings-record-program = Program to run
window-settings-record-program-about = It gets the call in its environment (CENTREX_E164…).
window-settings-record-program-none = No program.

## Where contacts come from
window-settings-folder = Watched folder
window-settings-folder-about = Its vCard files (*.vcf) are contacts too, read again at every change.
window-settings-folder-none = No folder.
window-settings-sources = Sources
window-settings-source-own = Your contacts
window-settings-source-import = Imported file
window-settings-source-folder = Watched folder
window-settings-source-carddav = Address book on a server
window-settings-source-ldap = Directory
window-settings-source-count = { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
}
window-settings-source-read = Read on { $at }
window-settings-sync = Read again now
window-settings-extensions = Extensions
window-settings-extensions-about = An extension and its direct number are then one: a colleague who calls from one is named, and one typed on the pad is called.
window-settings-extension-prefix = Beginning of your direct numbers
window-settings-extension-prefix-hint = Up to the extension, in the international form. For example: +3314268
window-settings-extension-length = Digits of an extension
window-settings-extension-length-hint = From 2 to 8; empty: extensions aren’t recognised.
window-settings-outside-prefix = Outside prefix
window-settings-outside-prefix-hint = The digits that you dial on your phone for an outside line, often 0. They are taken off a number that is typed or pasted with them.

## Start
window-settings-linger = Keep the window ready
window-settings-linger-about = Closed for less than that, it comes back at once.
window-settings-linger-none = No
window-settings-linger-minutes = { $minutes } min

## Links to numbers in other programs. $program: the name of the program that opens them

window-links = Numbers clicked elsewhere
window-links-about = In an e-mail or on a web page. Centrex Tray puts them on the pad and never calls without you.
window-links-us = They open in Centrex Tray.
window-links-other = They open with { $program }.
window-links-another = They open with another program.
window-links-nobody = No program opens them.
window-links-unknown = The system doesn’t tell which program opens them.
window-links-take = Open them with Centrex Tray
window-links-choose = Choose in the system’s settings…
window-links-not-installed = The desktop doesn’t know Centrex Tray yet: install it with its package, and it can be chosen.
window-links-elsewhere = To choose it, look for the default applications in the system’s settings.

## Dialling from other programs
window-settings-elsewhere = From other programs
window-hotkey = Hotkey
window-hotkey-about = Select a number anywhere and press these keys: it comes to the pad, and it is you who calls.
window-hotkey-none = None.
window-hotkey-choose = Choose keys…
window-hotkey-press = Press the keys
window-hotkey-how = Ctrl, Alt or Super with a letter, a digit or a function key. Escape to leave it.
