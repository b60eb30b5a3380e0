# What the companion says: tray, notifications, the call card, numbers, connection, keychain, settings and journal files.
# The same ids and arguments stand in strings/fr/core.ftl. Arguments are plain text, ready to show.

app-name = Centrex Tray

## Tray

tray-live = Connected, calls are announced
tray-connecting = Connecting to the relay…
tray-down = Not connected to the relay, calls are not announced
tray-refused = Refused by the relay, calls are not announced
tray-direct = Direct mode, incoming calls are not announced
tray-unset = To be set up in the settings
# $party: the other party as shown
tray-ringing = Call from { $party }
tray-ringing-withheld = Call, number withheld
tray-calling = Calling { $party }
tray-calling-withheld = Calling an unknown number
tray-talking = On the phone with { $party }
tray-talking-withheld = On the phone, number withheld
# An incoming call that somebody took: where it rings on several phones, nobody tells on which
tray-answered = Call from { $party }, answered
tray-answered-withheld = Call, number withheld, answered
# $count: how many further calls
tray-more =
    { $count ->
        [one] and 1 more call
       *[other] and { $count } more calls
    }
# 500: as many are counted
tray-missed =
    { $count ->
        [one] 1 missed call
        [500] 500 missed calls or more
       *[other] { $count } missed calls
    }
tray-menu-pad = Dial a number…
tray-menu-calls = Calls
tray-menu-calls-missed =
    { $count ->
        [one] Calls (1 missed)
        [500] Calls (500 missed or more)
       *[other] Calls ({ $count } missed)
    }
tray-menu-callers = Last callers
tray-menu-settings = Settings
tray-menu-quit = Quit

## Notifications

note-incoming = Call from { $party }
note-incoming-withheld = Call, number withheld
note-missed = Missed call from { $party }
note-missed-withheld = Missed call, number withheld
note-missed-many =
    { $count ->
        [one] 1 missed call
       *[other] { $count } missed calls
    }
note-incoming-discreet = Incoming call
note-missed-discreet = Missed call
note-placed = Call to { $party }
note-placed-withheld = Call to an unknown number
note-placed-discreet = Outgoing call
# Missed while nobody was there to be told
note-missed-absent =
    { $count ->
        [one] 1 missed call while you were away
       *[other] { $count } missed calls while you were away
    }
# $count: callers that aren't named
note-more =
    { $count ->
        [one] and 1 more
       *[other] and { $count } more
    }
# $line: the own number that was called
note-line = Line called: { $line }
note-open = Show
note-call-back = Call back
note-copy = Copy the number
note-open-record = Open record
note-silence = No more alerts
# $party: whom the number belongs to, or the number itself
note-silenced = { $party } will no longer alert you
note-silenced-discreet = This number will no longer alert you
note-silenced-where = Its calls stay in the list. To take it back later: Settings, Alerts.
note-unsilence = Undo
note-call-back-failed = Could not call back
note-record-failed = Record not opened
note-silence-failed = No more alerts for this number, but only for now

## Parties

party-withheld = Number withheld
party-unknown = Unknown number
party-ambiguous = Several contacts have this number
# $source: where the name comes from; $date: since when
party-why = From { $source }, since { $date }
party-several = Several people have this number in { $source }: none is named

## The call card. $number: as shown

dial-repeat = You have just called { $number }. Call it a second time?
dial-busy = Another call is being asked for. Wait until it is under way, then try again.
dial-asking = Asking for the call…
dial-pick-up = Pick up your phone: then { $number } is called.
dial-pick-up-unheard = Pick up your phone: then { $number } is called. Without a connected relay, what follows is not shown here.
dial-calling = Calling { $number }. If your phone still rings, pick it up.
dial-talking = On the phone with { $number }.
dial-ended = Call ended.
dial-ended-no-answer = Call ended without an answer.
dial-ended-unknown = The call ended, or nothing more was heard of it: the platform did not say how it ended.
dial-ended-unseen = The call to { $number } was passed to the platform. Without a connected relay, what came of it is not known here.

## Why a call wasn't placed. $rang: yes when a phone may have rung all the same, else no

dial-failed-wrong-key = The platform refused the API key or the password: the call was not placed. Correct them in the settings, or ask your administrator.
dial-failed-forbidden = The platform refuses requests from this address or for this account: the call was not placed. Ask your administrator to have them allowed by the operator.
dial-failed-rate-limited = The platform gets too many call requests: this call was not placed. Wait a minute, then try again.
dial-failed-no-callback = The platform has no callback address for this account and so refuses the call. Ask your administrator to set it from the relay.
dial-failed-unreachable =
    { $rang ->
        [yes] The connection to the platform broke during the request. Your phone may be about to ring: wait a moment before trying again.
       *[no] The platform cannot be reached: no phone rang. Check your Internet connection, then try again.
    }
dial-failed-tls = The encrypted connection to the platform failed, its certificate is not recognised: the call was not placed. Check this computer’s date and the platform’s address in the settings, or tell your administrator.
dial-failed-timeout =
    { $rang ->
        [yes] The platform did not answer in time. The call may have been placed: if your phone rings, pick it up; if not, try again in a moment.
       *[no] The platform did not answer in time: no phone rang. Try again.
    }
dial-failed-platform =
    { $rang ->
        [yes] The platform answered with an error. The call may have been placed all the same: wait a moment before trying again.
       *[no] The platform answered with an error: the call was not placed. Try again, and tell your administrator if it goes on.
    }
dial-failed-wrong-key-by-relay = The platform refuses the key of your company’s relay: the call was not placed. Tell your administrator, or dial the number on your phone.
dial-failed-forbidden-by-relay = The platform refuses requests from your company’s relay, or for this account: the call was not placed. Tell your administrator, or dial the number on your phone.
dial-failed-unreachable-by-relay =
    { $rang ->
        [yes] The connection between your company’s relay and the platform broke during the request. Your phone may be about to ring: wait a moment before trying again.
       *[no] Your company’s relay could not reach the platform: no phone rang. Tell your administrator, or dial the number on your phone.
    }
dial-failed-tls-by-relay = Your company’s relay could not set up an encrypted connection to the platform: the call was not placed. Tell your administrator, or dial the number on your phone.
dial-failed-timeout-by-relay =
    { $rang ->
        [yes] Your company’s relay got no answer in time. The call may have been placed: if your phone rings, pick it up; if not, try again in a moment.
       *[no] Your company’s relay got no answer in time: no phone rang. Try again; if it goes on, tell your administrator.
    }
dial-failed-platform-by-relay =
    { $rang ->
        [yes] Your company’s relay or the platform answered with an error. The call may have been placed all the same: wait a moment before trying again.
       *[no] Your company’s relay or the platform answered with an error: the call was not placed. Tell your administrator, or dial the number on your phone.
    }
dial-failed-relay-unreachable =
    { $rang ->
        [yes] The connection to the relay broke during the request. The call may have been placed: wait a moment before trying again.
       *[no] Your company’s relay cannot be reached: the call was not placed. Check your network connection, or dial the number on your phone.
    }
dial-failed-relay-refused = The relay no longer accepts this computer: the call was not placed. Ask your administrator for a new enrolment code.
dial-failed-relay-cannot-dial = The relay announces calls but cannot place any for this computer. Dial the number on your phone, or ask your administrator to allow it.
dial-failed-number-refused = The relay does not call this number. Dial it on your phone.
dial-failed-rule-refused = Your company does not let this number be called from the computer: the call was not placed. Ask your administrator, or dial it on your phone.
dial-failed-to-confirm = Your company asks for a confirmation before this number is called: the call was not placed. Try again from the pad.
dial-failed-too-many-calls = Your company limits how many calls a minute a line may place: this one was not placed. Wait a minute, then try again.
dial-failed-too-many-requests = The relay got too many requests from this computer or its network: the call was not placed. Wait a minute, then try again; if it goes on, tell your administrator.
dial-company-asks = Your company asks for a confirmation before { $number } is called. Call it?
dial-failed-keychain-no-service = The secret for calling is in the keychain, but no keychain is open in this session: the call was not placed. Start the system’s keychain, then try again.
dial-failed-keychain-locked = The secret for calling is in the keychain, which is locked: the call was not placed. Unlock the keychain, then try again.
dial-failed-keychain-no-answer = The secret for calling is in the keychain, which does not answer: the call was not placed. Try again; if it goes on, sign out and in again.
dial-failed-keychain-failed = The keychain refused to give the secret for calling: the call was not placed. Store it again in the settings.
dial-failed-no-credential = The secret for calling has not been stored yet: the call was not placed. Store it in the settings.
dial-failed-not-enrolled = This computer is not yet enrolled with the relay: the call was not placed. Enter an enrolment code in the settings.
dial-failed-not-configured = Nothing is set up for calling yet. Open the settings and choose your company’s relay or direct mode.
dial-failed-other-platform = The secret for calling was given for another address of the platform: it was not sent, and the call was not placed. Give it again in the settings, or put the old address back.
dial-failed-nothing-rang = The platform accepted the call, but told nothing more of it. Your phone did not ring, or was not picked up. Check that it is plugged in, then try again.

## Why no call could be placed now, though nobody wanted to yet

cannot-dial-relay-unreachable = Your company’s relay cannot be reached: no call can be placed from here. It is tried again; check your network connection.
cannot-dial-relay-refused = The relay no longer accepts this computer: no call can be placed from here. Ask your administrator for a new enrolment code.
cannot-dial-keychain-no-service = The secret for calling is in the keychain, but no keychain is open in this session: no call can be placed from here. Start the system’s keychain.
cannot-dial-keychain-locked = The secret for calling is in the keychain, which is locked: no call can be placed from here. Unlock the keychain.
cannot-dial-keychain-no-answer = The secret for calling is in the keychain, which does not answer: no call can be placed from here. It is asked again; if it goes on, sign out and in again.
cannot-dial-keychain-failed = The keychain refused to give the secret for calling: no call can be placed from here. Store it again in the settings.
cannot-dial-no-credential = The secret for calling has not been stored yet: no call can be placed from here. Store it in the settings.
cannot-dial-other-platform = The secret for calling was given for another address of the platform and is not sent to this one: no call can be placed from here. Give it again in the settings, or put the old address back.
cannot-dial-not-enrolled = This computer is not yet enrolled with the relay: no call can be placed from here. Enter an enrolment code in the settings.

## What a typed text means

number-will-dial = Will dial { $number }
number-will-dial-extension = Will dial { $number }; then ask for extension { $extension }
number-will-dial-inside = Will dial extension { $extension }, { $number }
number-choose = Several numbers in this text: choose the one to call.
number-confirm-premium = { $number } is a premium-rate number, up to €0.80 a minute or €3 a call in France. Call it all the same?
number-confirm-lost-zero-or-country-code = The leading 0 is missing, or a country code. Call { $number }?
number-confirm-lost-zero = The leading 0 is missing. Call { $number }?
number-confirm-not-in-plan = { $number } is in no known range. Call it all the same?
number-confirm-letters-as-digits = The letters were read as the keys of a phone. Call { $number }?
number-confirm-fax = { $number } is labelled as a fax. Call it all the same?
number-refused-empty = No number was entered. Enter the number to call.
# $digits: how many there are; $expected: how many there should be
number-refused-too-short =
    { $digits ->
        [one] Only 1 digit, { $expected } are needed: complete the number.
       *[other] Only { $digits } digits, { $expected } are needed: complete the number.
    }
number-refused-too-short-open = Digits are missing: complete the number.
number-refused-too-long = { $digits } digits, { $expected } are needed: check the number.
number-refused-too-long-open = There are too many digits: check the number.
number-refused-letters = There are letters in place of digits: enter the number in digits.
number-refused-service-code = This is a service code: it would change the line’s settings instead of calling. Dial it on your phone.
number-refused-missing-prefix = This is probably a foreign number: put + or 00 in front.
number-refused-unknown-country = No country has this code: check how the number begins.
number-refused-not-a-number = This is not a phone number: check what was entered.
number-refused-sip-address = This is a SIP address without a number: enter the phone number.
number-refused-too-much-text = This text is too long to look for a number in: paste the number only.
number-refused-emergency = This is an emergency number. Dial it on your phone: only that tells the services where you are.
number-refused-short-number = This is a short number, which the platform cannot call. Dial it on your phone.
number-refused-directory = This is a directory service, freely priced, which the platform cannot call. Dial it on your phone.
number-refused-extension = This is an extension of your company, which the platform cannot call from here. Dial it on your phone.
number-refused-machine = This is a machine’s number, nobody answers there: check the number.
number-refused-special-service = This 08 number is reserved for data services: it is not called from here. Check the number.
number-refused-satellite = This is a satellite or special number, at a very high price: it is not called from here. Dial it on your phone if you must.

## What is known about a number

about-probable-canvassing = Probable canvassing
about-country-code = Abroad (+{ $code })
about-free = Free number
about-shared-cost = Premium rate, up to €0.20 a minute or €0.50 a call
about-premium = Premium rate, up to €0.80 a minute or €3 a call
about-special-service = Special 08 service
about-platform = Platform that puts people in touch (delivery, driver)
about-machine = Machine
about-satellite = Satellite or special international service
about-emergency = Emergency number
about-short-number = Short number
about-directory = Directory enquiries, freely priced
about-extension = Internal extension
about-territory-guadeloupe = Guadeloupe, Saint Martin, Saint Barthélemy
about-territory-french-guiana = French Guiana
about-territory-martinique = Martinique
about-territory-reunion = Réunion
about-territory-mayotte = Mayotte
about-territory-saint-pierre-miquelon = Saint Pierre and Miquelon
about-territory-wallis-futuna = Wallis and Futuna
about-territory-new-caledonia = New Caledonia
about-territory-french-polynesia = French Polynesia

## The connection to the relay

link-none = Nothing is set up yet: no alerts, no calls. Choose your company’s relay or direct mode in the settings.
link-direct = Direct mode: you can call, but incoming calls are not announced. Alerts need a relay.
link-connecting = Connecting to the relay: calls are not announced yet.
link-live = Connected to the relay: calls are announced.
link-refused = The relay no longer accepts this computer: calls are not announced. Ask your administrator for a new enrolment code.
link-down-unreachable = The relay cannot be reached: calls are not announced. Further tries follow by themselves; check your network connection and the relay’s address.
link-down-tls = The encrypted connection to the relay failed, its certificate is not trusted: calls are not announced. Check the relay’s address, or tell your administrator.
link-down-lost = The connection to the relay was lost: calls are not announced. Further tries follow by themselves, and what was missed will be caught up.
link-down-not-a-relay = What answers at this address is not a relay: calls are not announced. Check the relay’s address in the settings.
link-down-busy = The relay is overloaded or restarting: calls are not announced for now. Further tries follow by themselves.
link-down-no-token = This computer has no token for the relay: calls are not announced. Enter an enrolment code in the settings.
link-down-other-relay = The relay’s address is no longer the one that this computer is enrolled at: the token is not sent, and calls are not announced. Enter an enrolment code of this relay in the settings, or put the old address back.

## The keychain

keychain-no-service = No keychain is open in this session: secrets can be neither read nor stored. Start the system’s keychain (GNOME Keyring or KWallet, for example).
keychain-locked = The keychain is locked: secrets can be neither read nor stored. Unlock it; another try follows.
keychain-no-answer = The keychain does not answer: secrets can be neither read nor stored. Another try follows; if it goes on, sign out and in again.
keychain-failed = The keychain answered with an error: secrets can be neither read nor stored. Open the system’s password manager to see what is wrong.

## The settings' files. $file: path, $line: line number, $key: name in the file, $form: its values, $others: further names with their lines, or none

settings-broken = The file { $file } cannot be read, there is an error in line { $line }. The default settings are used and the file stays as it is: correct that line, or delete the file.
settings-broken-kept = The file { $file } cannot be read any more, there is an error in line { $line }. The settings from before stay in force and the file stays as it is: correct that line.
settings-unreadable-kept = The file { $file } cannot be opened any more. The settings from before stay in force: check its access rights.
settings-unfit-kept = The file { $file } is no longer a regular file, or is larger than 1 MiB now, and is not read. The settings from before stay in force: put a regular, smaller file in its place.
settings-value =
    Line { $line } of { $file }: the value of { $key } cannot be used. Expected: { $form }. The default is used and the file stays as it is: correct that line.{ $others ->
        [none] {""}
       *[other] {" "}Also to be corrected: { $others }.
    }
settings-value-kept =
    Line { $line } of { $file }: the value of { $key } cannot be used. Expected: { $form }. The setting from before stays in force and the file stays as it is: correct that line.{ $others ->
        [none] {""}
       *[other] {" "}Also to be corrected: { $others }.
    }
settings-unknown =
    Line { $line } of { $file }: there is no setting { $key }, and the line has no effect. Correct it, or delete it.{ $others ->
        [none] {""}
       *[other] {" "}Also to be corrected: { $others }.
    }
settings-unknown-meant =
    Line { $line } of { $file }: there is no setting { $key }, and the line has no effect. Did you mean { $meant }? Correct it, or delete it.{ $others ->
        [none] {""}
       *[other] {" "}Also to be corrected: { $others }.
    }
settings-unreadable = The file { $file } cannot be opened. The default settings are used: check its access rights.
settings-unfit = The file { $file } is not a regular file, or is larger than 1 MiB, and is not read. The default settings are used: put a regular, smaller file in its place.
settings-change-broken = The setting was not saved: the file { $file } has an error in line { $line }, and it is not overwritten. Correct that line, or delete the file, then try again.
settings-change-unreadable = The setting was not saved: the file { $file } cannot be read. Check its access rights, then try again.
settings-change-unfit = The setting was not saved: the file { $file } is not a regular file, or is larger than 1 MiB, and is not read. Put a regular, smaller file in its place, then try again.
settings-change-unwritable = The setting was not saved: the file { $file } cannot be written. Check its access rights and the room on the disk, then try again.
settings-change-locked = This setting ({ $key }) is fixed by your company and cannot be changed here. Ask your administrator.
settings-change-company = The setting was not saved: your company’s file, { $file }, cannot be read, so what it fixes is not known. The settings from before stay in force. Tell your administrator, then try again.
settings-change-url = This is not an address that can be used. Enter it in full, for example https://relay.example.
settings-change-url-insecure = This address is not encrypted: your secrets could be read on the way. Enter an address that begins with https://.
settings-change-value = This value cannot be used for { $key }. Choose one of those offered.
settings-silenced-full = { $count } numbers are without alerts already, and the list holds no more: this one was not put there. Take some off the list in the settings, then try again.
settings-pop-address = This is not a record address that can be used. Enter it in full, without spaces, for example https://crm.example/clients.
# $known: what there is, in braces
settings-pop-placeholder = There is no “{ $name }” to put between braces: the address was not saved. You can use { $known }.
settings-pop-before-path = Something between braces stands before the path of the address: a caller could choose which site opens. Put it after the name of the site.
settings-pop-scheme = Record addresses that begin with { $scheme } are not allowed: no record opens. Use https, or ask your administrator to allow it in pop.schemes.
settings-pop-scheme-bad = “{ $scheme }” can’t be allowed as the beginning of an address: nothing was saved. Write the name of a protocol such as crm; those that run or read something on this computer are excluded.
settings-pop-program = This is not the full path of a program: the setting was not saved. Enter it from the root of the disk.
settings-carddav-every = An address book is read again after 5 to 1,440 minutes: the setting wasn’t saved. Enter 0 to read it only at the start and when asked.
settings-carddav-books = These names of address books can’t be used: the setting wasn’t saved. There may be 20 at most, each on a line of its own.
settings-ldap-url = This isn’t the address of a directory: the setting wasn’t saved. Write it as ldaps://directory.example, without user, password or path.
# $number: what stands for the number, in braces
settings-ldap-filter = This filter can’t be used: the setting wasn’t saved. It stands in one pair of parentheses and holds { $number }, for example (&(objectClass=person){ $number }).
settings-ldap-attributes = “{ $name }” can’t be asked of a directory: the setting wasn’t saved. Attributes have letters, digits and hyphens, for example telephoneNumber; there may be 20 at most.
settings-contacts-folder = This isn’t the whole path of a folder: the setting wasn’t saved. Enter it from the root of the disk.
settings-extensions = { $prefix } and { $length } digits of extension make no phone number together: extensions aren’t recognised. Correct the beginning of your direct numbers, or the number of digits, in the settings.
settings-extension-prefix = This isn’t the beginning of an international number: the setting wasn’t saved. Write it as +3314268, without the digits of the extension.
settings-extension-length = An extension has 2 to 8 digits: the setting wasn’t saved. Enter 0 if there are none.
settings-outside-prefix = An outside prefix is up to four digits: the setting wasn’t saved. Enter 0, for example, or nothing if there is none.

## The journal

journal-set-aside = The call journal was damaged. It was set aside as { $file } and a new one was begun; what can be read of it is taken over, and recent calls are asked of the relay again.
journal-newer = The call journal comes from a newer version of the program. It stays as it is and calls are not kept: update the program.
journal-unusable = The call journal cannot be opened or written. Calls are announced, but wait to be written to it. Check the access rights and the room on the disk: it is tried again by itself.
journal-full-unopened = The disk is full: the call journal cannot be opened. Calls are announced, but wait to be written to it. Make room on the disk; they are then written by themselves.
journal-full = The disk is full: calls are announced, but wait to be written to the call journal. Make room on the disk; they are then written by themselves.
journal-export-failed = The file could not be written, and nothing was changed. Check the access rights of the folder and the room on the disk, or choose another folder.
journal-import-unreadable = The file cannot be read to its end: what was read before is taken. Check its access rights and try again; nothing is taken twice.
journal-import-foreign = This file is not a whole export of the call journal (read up to line { $line }): what was read before is taken. Choose a file exported as JSON and try again.
journal-import-newer = This export comes from a newer version of the program: nothing was taken. Update the program, then try again.

## Records of calls that don't open
# $scheme: of the record's address, as https
record-no-opener = The record of the call did not open: xdg-open is missing on this computer. Install the package xdg-utils.
record-not-opened = The record of the call did not open: no program opens “{ $scheme }” addresses, or it failed. Choose one in the system’s default applications, or correct the record’s address in the settings.
record-too-many = The record of the call did not open: too many others are on their way. Check that your browser answers; close it if it hangs.
# $program: its path
record-program-not-absolute = The program for calls did not start: { $program } is not a full path. Enter it from the root of the disk in the settings.
record-program-missing = The program for calls did not start: { $program } does not exist. Correct the path in the settings, or install the program.
record-program-not-a-program = The program for calls did not start: { $program } is not a program that you may run. Check its rights, or choose another one in the settings (on Windows, no .bat or .cmd file).
record-program-too-many = The program for calls did not start: too many copies of { $program } are running already. End those that hang.
record-program-refused = The program for calls did not start: the system refused to run { $program }. Close other programs, or restart the computer.

## The hotkey that fills the pad with what is selected

hotkey-no-modifier = A hotkey needs Ctrl, Alt or Super, so that no key is lost when you type: nothing was changed. Write for example Ctrl+Alt+D.
hotkey-no-key = A hotkey is one letter, digit or function key (F1 to F12) with Ctrl, Alt or Super: nothing was changed. Write for example Ctrl+Alt+D.
