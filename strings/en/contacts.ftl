# Contacts: labels, where names come from, why an entry or a file can't be read, how a source goes. The same ids and arguments stand in strings/fr/contacts.ftl.

## Labels of numbers

contact-label-mobile = mobile
contact-label-work = work
contact-label-home = home
contact-label-main = main
contact-label-fax = fax
contact-label-pager = pager
contact-label-other = other

## Where a name comes from, as part of "by …, since …". $name: file, folder or host

contact-source-own = your contacts
contact-source-import = the imported file { $name }
contact-source-folder = the file { $name } of the watched folder
contact-source-carddav = the address book on the server { $name }
contact-source-ldap = the directory at { $name }
contact-why-preview = Not imported yet
contact-why-directory = From { $source }

## What a column of a table was taken for

contact-column-number-mobile = Mobile
contact-column-number-work = Work phone
contact-column-number-home = Home phone
contact-column-number-main = Main number
contact-column-number-fax = Fax
contact-column-number-pager = Pager
contact-column-number-other = Phone
contact-column-number-label = Label of the number
contact-column-full-name = Full name
contact-column-given = First name
contact-column-additional = Middle names
contact-column-family = Last name
contact-column-prefix = Title
contact-column-suffix = Suffix
contact-column-company = Company
contact-column-email = E-mail
contact-column-note = Note
contact-column-url = Website
contact-column-uid = Identifier

## Why an entry of a file can't be read

contact-rejected-blank = Neither name nor company, number or address
contact-rejected-too-large = Too large for a contact
contact-rejected-unterminated = The card has no end
contact-rejected-run-together = Two cards without a border between them
contact-rejected-outside-card = Text outside of any card
contact-rejected-group = A list of contacts, not a contact
contact-rejected-unreadable = The card can’t be read
contact-rejected-open-quote = A quotation mark isn’t closed
contact-rejected-too-many-cells = More cells than headings

## What is to be looked at in an entry that is taken. $number: as written

contact-remark-odd-number = “{ $number }” can’t be read as one number: it is kept as it is written, and its calls won’t show this name. Correct it in the contact.
contact-remark-cut-name = The name is too long: its end is left out.
contact-remark-cut-company = The company’s name is too long: its end is left out.
contact-remark-cut-number = A number or its label is too long, or there are more than 50: the rest is left out.
contact-remark-cut-email = An e-mail address is too long, or there are more than 50: the rest is left out.
contact-remark-cut-note = The note is too long: its end is left out.
contact-remark-cut-url = The website’s address is too long: its end is left out.
contact-remark-cut-uid = The identifier is too long and is left out: the contact is known by its name and numbers.

## Why contacts didn't do what they were asked. $why: the system's words

contacts-error-newer = The contacts were written by a newer version of the program. They are left as they are and aren’t used: update the program.
contacts-error-unusable = The contacts can’t be read or written: nothing was changed. Check permissions and free space, then try again.
contacts-error-no-such-contact = This contact doesn’t exist any more: it was deleted meanwhile. Search again.
contacts-error-not-own = This contact comes from a watched folder or an address book on a server: it can’t be changed here. Change it where it comes from.
contacts-error-blank = This contact is empty: it wasn’t saved. Give it at least a name, a company or a number.
contacts-error-not-its-number = This contact doesn’t have that number any more: the choice wasn’t saved. Search again.
contacts-error-cancelled = The import was cancelled: nothing of it was kept. Choose the file again to begin anew.
contacts-error-no-such-import = This import can’t be taken back any more: it was already, or others followed.
contacts-error-nothing-to-undo = No import can be taken back: none was made, each of the last ten already was, or all your contacts were deleted since. Nothing was changed.
contacts-error-changed-nothing = The last import had changed nothing, so nothing was taken back. To take back the one before it, ask again.
contacts-error-not-a-source = This source can’t be synchronised: nothing was changed.
contacts-error-not-a-number = This isn’t a number in international form: write it for example as +33142685300.
contacts-file-too-large = This file is too large: it wasn’t read. Export fewer contacts at a time, or without their photos.
contacts-file-too-many = This file holds too many contacts: it wasn’t read. At most 200,000 contacts and a million numbers are read from a file: split it.
contacts-file-too-wide = This table has more than 500 columns: it wasn’t read. Keep the columns with names and numbers, and choose it again.
contacts-file-empty = This file is empty: there is nothing to import. Choose another.
contacts-file-not-contacts = This file is neither vCard nor CSV: it wasn’t read. Export your contacts in one of these formats.
contacts-file-unknown-columns = No column of this table is recognised: it wasn’t read. Give the columns headings, for example Name and Phone.
contacts-file-unreadable = This file can’t be opened ({ $why }): it wasn’t read. Check its name and permissions.
contacts-file-unwritable = This file can’t be written ({ $why }): nothing was exported. Check the folder’s permissions and free space.
contacts-import-no-preview = No file is ready to be imported: choose one first.

## How a source goes. $why: the system's words

contacts-folder-unreadable = The watched folder can’t be read ({ $why }): its contacts stay as they were. Check that it exists and that you may read it.
# $count: how many, $name: the first one's file, $line: its line
contacts-source-unreadable-cards = { $count } of its cards can’t be read, the first in { $name }, line { $line }: these contacts are missing here, the others are there. Correct them where they come from.
contacts-source-failed = This source couldn’t be read: its contacts stay as they were. It is tried again.
