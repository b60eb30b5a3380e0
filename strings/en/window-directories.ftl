# The settings' section about address books on a server and the company directory; only the page speaks it. The same ids and arguments stand in strings/fr/window-directories.ftl.

directories-carddav = Address book on a server
directories-carddav-about = Contacts of a CardDAV server (Nextcloud, Radicale, a mail provider) name your callers. They are only read; nothing is changed there.
directories-ldap = Company directory
directories-ldap-about = When somebody calls whom no contact names, the directory (LDAP, Active Directory) is asked.
directories-carddav-url = Address
directories-carddav-url-hint = https://cloud.example, or the address of one address book
directories-user = User
directories-password = Password
directories-password-note = Goes to the keychain of this computer, and to that server only.
directories-every = Read again after (minutes)
directories-every-hint = 5 to 1440; 0: only at the start and on request
directories-ldap-url = Address
directories-ldap-url-hint = ldaps://directory.example; with ldap:// the way is encrypted by StartTLS
directories-ldap-base = Search in
directories-ldap-base-hint = For example ou=people,dc=example,dc=com
directories-ldap-user-hint = A DN, or user@domain; empty: without signing in
directories-ldap-filter = Filter
directories-ldap-filter-hint = Empty: the usual one. { $number } stands for the conditions on the number
directories-advanced = More
directories-save = Save
directories-saving = Saving…
directories-saved = Saved
directories-remove = Stop using it
directories-remove-sure = Yes, take its contacts out
directories-cancel = Cancel
directories-missing-url = Enter an address first.
directories-missing-user = Enter a user first.
directories-kept = The password is in the keychain
directories-replace = Replace
