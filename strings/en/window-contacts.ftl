# The window's contacts: search, favourites, one contact, import and export. The same ids stand in strings/fr/window-contacts.ftl.

window-contacts-search = Search a name, a company, a number
window-contacts-search-short = Name, company, number
window-contacts-new = New contact
window-contacts-files = Import, export
window-contacts-favourites = Favourites
window-contacts-favourite = Favourite
window-contacts-all = All contacts
window-contacts-found = Results
# $count: how many are shown
window-contacts-cut = Only the first { $count }: narrow the search.
window-contacts-none-found = No contact matches.
window-contacts-empty = No contact yet
window-contacts-empty-about = With contacts, calls bear a name and are placed with one press.
window-contacts-call = Call { $name }
window-contacts-call-short = Call
window-contacts-call-number = Call { $name }, { $number }
window-contacts-choose-number = { $name }, choose a number
window-contacts-more-numbers = + { $count }
window-contacts-no-number = This contact has no number.
window-contacts-edit = Edit
window-contacts-edit-title = Edit the contact
window-contacts-not-own = This contact is changed where it comes from.
window-contacts-name = Name
window-contacts-company = Company
window-contacts-numbers = Numbers
# $at: which of them, from 1
window-contacts-label = Kind of number { $at }
window-contacts-number = Number { $at }
window-contacts-remove-number = Remove number { $at }
window-contacts-add-number = Add a number

## Import: looked at before anything is written
window-contacts-import = Import a file…
window-contacts-import-title = Import contacts
window-contacts-nothing-yet = Nothing is saved yet.
window-contacts-added = { $count ->
    [one] contact to add
   *[other] contacts to add
}
window-contacts-updated = { $count ->
    [one] contact to update
   *[other] contacts to update
}
window-contacts-unreadable = { $count ->
    [one] unreadable entry, left out
   *[other] unreadable entries, left out
}
window-contacts-columns = Columns recognised
window-contacts-column-unread = not read
window-contacts-rejected = Unreadable entries
window-contacts-remarks = Taken, and to be looked at
window-contacts-line = Line { $line }
window-contacts-rejected-more = { $count ->
    [one] and { $count } other
   *[other] and { $count } others
}
window-contacts-sample = The first ones
window-contacts-import-yes = { $count ->
    [one] Import { $count } contact
   *[other] Import { $count } contacts
}
window-contacts-reading = Reading the file…
window-contacts-importing = Importing…
window-contacts-progress = { $done } of { $total }
window-contacts-imported = Import finished
window-contacts-added-done = { $count ->
    [one] contact added
   *[other] contacts added
}
window-contacts-updated-done = { $count ->
    [one] contact updated
   *[other] contacts updated
}
window-contacts-undo = Undo this import
window-contacts-undone = The import was undone: your contacts are as before.
window-contacts-undone-partly = { $count ->
    [one] The import was undone. { $count } contact that was changed since stays as it is.
   *[other] The import was undone. { $count } contacts that were changed since stay as they are.
}
window-contacts-done = Done
window-contacts-other-file = Another file…
window-contacts-export-title = Export the contacts
