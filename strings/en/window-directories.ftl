# The sources of contacts that are servers, in the settings; only the page speaks of them. The same ids and arguments stand in strings/fr/window-directories.ftl.

directories-carddav = Address book on a server
directories-carddav-about = Contacts of a CardDAV server (Nextcloud, Radicale, a mail provider) name your callers. They are only read: nothing changes there.
directories-carddav-add = Add an address book…
directories-carddav-ask = Read it again
directories-carddav-remove-what = This server’s contacts leave this computer, and its password leaves the keychain. The server itself doesn’t change.
directories-carddav-url-hint = For example https://cloud.example, or the address of one address book
directories-ldap = Company directory
directories-ldap-about = When no contact names a caller, the directory (LDAP, Active Directory) is asked.
directories-ldap-add = Use a directory…
directories-ldap-ask = Test the directory
directories-ldap-remove-what = This directory won’t be asked any more, and its password leaves the keychain.
directories-ldap-url-hint = For example ldaps://directory.example; with ldap:// the way is encrypted by StartTLS
directories-ldap-base = Search in
directories-ldap-base-hint = For example ou=people,dc=example,dc=com
directories-ldap-user-hint = A DN, or user@domain; empty: without signing in
directories-ldap-filter = Filter
directories-ldap-filter-hint = Empty: the usual one. { $number } stands for the conditions on the number
directories-ldap-numbers = Attributes for numbers
directories-ldap-names = Attributes for the name
directories-ldap-companies = Attributes for the company
directories-ldap-attributes-hint = Separated by commas; empty: the usual ones
directories-ldap-first-hint = The first that is filled in counts. Separated by commas; empty: the usual ones
directories-url = Address
directories-user = User
directories-password = Password
directories-password-note = Goes to the keychain of this computer, and to that server only.
directories-every = Read again every (minutes)
directories-every-hint = 5 to 1,440; 0: only at the start and on request
directories-books = Books to read
directories-books-hint = By their names on the server, one on each line; empty: all of them
directories-asking = Asking the server…
directories-remove = Stop using it
directories-missing-url = Enter the server’s address.
directories-missing-user = Enter the user, as the server knows it.
