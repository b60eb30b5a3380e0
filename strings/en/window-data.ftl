# What the window says of files: exports, imports, deletion. The same ids stand in strings/fr/window-data.ftl.

window-data-format = File format
window-data-format-vcard = vCard
window-data-format-excel = CSV for Excel
window-data-format-csv = CSV
window-data-export = Export…
window-data-written = { $count ->
    [one] { $count } entry saved in
   *[other] { $count } entries saved in
}
window-data-taken = { $added ->
    [one] { $added } entry added
   *[other] { $added } entries added
}, { $updated ->
    [one] { $updated } updated.
   *[other] { $updated } updated.
}
window-data-rejected = { $count ->
    [one] { $count } unreadable entry was left out.
   *[other] { $count } unreadable entries were left out.
}
window-data-taken-marks = { $count ->
    [one] { $count } favourite or choice among contacts holds here now.
   *[other] { $count } favourites and choices among contacts hold here now.
}
window-data-taken-settings = { $count ->
    [one] { $count } setting was taken over.
   *[other] { $count } settings were taken over.
}
window-data-taken-locked = { $count ->
    [one] { $count } setting stays, as your company fixes it.
   *[other] { $count } settings stay, as your company fixes them.
}
window-file-name = This file’s name holds unreadable characters: it was not used. Rename it, or choose another one.
window-data-format-json = JSON, complete
window-data-format-calendar = Calendar (iCalendar)
window-data-keep = Keep calls
window-data-keep-always = Always
window-data-keep-days =
    { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
window-data-keep-sure =
    { $days ->
        [one] Calls older than one day will be deleted from this computer, with their notes, and nothing brings them back.
       *[other] Calls older than { $days } days will be deleted from this computer, with their notes, and nothing brings them back.
    }
window-data-keep-yes = Delete the older ones
window-data-private = Keep withheld calls
window-data-private-about = Those whose number isn’t sent
window-data-private-sure = Withheld calls that are already kept will be deleted from this computer, with their notes, and nothing brings them back.
window-data-private-yes = Delete withheld calls
window-data-calls = Your calls
window-data-calls-export = Export the calls
window-data-calls-import = Take calls back in
window-data-calls-import-about = From a complete JSON export. Nothing is taken twice.
window-data-everything = All that is yours
window-data-everything-about = Calls, notes, contacts, favourites, silenced numbers and settings, in a new folder. Secrets stay in the keychain; the connection, the watched folder and the program for records are set on each computer.
window-data-everything-export = Export everything
window-data-everything-import = Take everything back
window-data-erase = Deletion
window-data-erase-calls = Delete all calls…
window-data-erase-sure = Delete all calls of this computer?
window-data-erase-what = The whole journal goes, with the notes, the calls to return and the times without connection; a call that is going on stays. Contacts, favourites and settings stay. Only an export would bring calls back.
window-data-erase-yes = Delete all calls
window-data-erased = All calls were deleted.
window-data-erase-contacts = Delete all your contacts…
window-data-erase-contacts-none = You have no contact of your own: there is nothing to delete.
window-data-erase-contacts-sure =
    { $count ->
        [one] Delete your only contact?
       *[other] Delete your { $count } contacts?
    }
window-data-erase-contacts-what = Those that you typed or imported go, with their notes and your favourites. Those of a watched folder or of a server stay, and so do calls. Only an export would bring them back.
window-data-erase-contacts-yes = Delete these contacts
window-data-erased-contacts =
    { $count ->
        [one] { $count } contact was deleted.
       *[other] { $count } contacts were deleted.
    }
