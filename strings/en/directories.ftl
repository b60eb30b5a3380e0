# Names from the network: address books on a server (CardDAV) and the company directory (LDAP). The same ids and arguments stand in strings/fr/directories.ftl.

## What is wrong with an address book on a server. $host: the server, $other: another one, $code: its status

carddav-trouble-no-password = The address book at { $host } isn’t read: the keychain holds no password for it. Enter the password in the settings.
carddav-trouble-insecure = The address book at { $host } isn’t read: the way there isn’t encrypted, and the password could be read on it. Enter an address that begins with https://.
carddav-trouble-unreachable = The server { $host } can’t be reached: its contacts stay as they were, and it is tried again. Check the network and the address.
carddav-trouble-timed-out = The server { $host } doesn’t answer in time: its contacts stay as they were, and it is tried again.
carddav-trouble-certificate = The certificate of { $host } isn’t trusted: nothing was sent there, and its contacts stay as they were. Check the address, or ask your administrator to have the certificate trusted on this computer.
carddav-trouble-password = The server { $host } refuses the user or the password: its contacts stay as they were. Enter the password again; some servers want one made for this app.
carddav-trouble-forbidden = The server { $host } doesn’t let this user read the address book: its contacts stay as they were. Ask whoever runs the server.
carddav-trouble-elsewhere = The server { $host } sends on to { $other }, where the password isn’t sent unasked. If you trust that server, enter its address: https://{ $other }.
carddav-trouble-refused = The server { $host } answers with the error { $code }: its contacts stay as they were. It is tried again later; if it lasts, ask whoever runs the server.
carddav-trouble-not-one = No address book was found at { $host }: this server doesn’t speak CardDAV at that address. Check the address; your provider names it.
carddav-trouble-too-large = The answer of { $host } is too large: its contacts stay as they were. Check that the address is that of an address book.
carddav-trouble-no-book = This user has no address book at { $host }, or none by the names in the settings. Check user and names.
carddav-trouble-no-base = No address book was found at { $host }. Check the address.
carddav-trouble-filter = The server { $host } can’t make sense of what it is asked. Check the address.

## What is wrong with the directory. $host: the server, $other: another one, $code: its result

ldap-trouble-no-password = The directory at { $host } isn’t asked: the keychain holds no password for it. Enter the password in the settings.
ldap-trouble-insecure = The directory at { $host } isn’t asked: it offers no encryption, and the password could be read on the way. Enter an address that begins with ldaps://, or have StartTLS switched on there.
ldap-trouble-unreachable = The directory at { $host } can’t be reached: callers are shown without the names that it knows. Check the network and the address; it is tried at the next call.
ldap-trouble-timed-out = The directory at { $host } doesn’t answer in time: callers are shown without the names that it knows. It is tried at the next call.
ldap-trouble-certificate = The certificate of { $host } isn’t trusted: nothing was sent there. Check the address, or ask your administrator to have the certificate trusted on this computer.
ldap-trouble-password = The directory at { $host } refuses the user or the password: callers are shown without the names that it knows. Enter the password again.
ldap-trouble-forbidden = The directory at { $host } doesn’t let this user search: callers are shown without the names that it knows. Ask your administrator.
ldap-trouble-elsewhere = The directory at { $host } sends on to { $other }. If you trust that server, enter its address.
ldap-trouble-refused = The directory at { $host } answers with the error { $code }: callers are shown without the names that it knows. Ask your administrator; some directories want a user.
ldap-trouble-not-one = There is no directory at { $host }: what answers there doesn’t speak LDAP. Check address and port.
ldap-trouble-too-large = The answer of the directory at { $host } is too large. Check base and filter.
ldap-trouble-no-book = Nothing was found in the directory at { $host }. Check base and filter.
ldap-trouble-no-base = The directory at { $host } doesn’t have the base that is to be searched. Check it, for example dc=example,dc=com.
ldap-trouble-filter = The directory at { $host } can’t make sense of the filter. Check it; empty, it is the usual one.

## Checks. $host: the server, $count: contacts

doctor-carddav-ok = The address book at { $host } was read: { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
}.
doctor-carddav-waits = The address book at { $host } hasn’t been read yet.
doctor-ldap-ok = The directory at { $host } answers.
doctor-ldap-waits = The directory at { $host } hasn’t been asked yet.
