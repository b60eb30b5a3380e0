# Les noms venus du réseau : carnets sur un serveur (CardDAV) et annuaire de l’entreprise (LDAP). Mêmes identifiants et arguments que dans strings/en/directories.ftl.

## Ce qui ne va pas avec un carnet sur un serveur. $host : le serveur, $other : un autre, $code : son état

carddav-trouble-no-password = Le carnet de { $host } n’est pas lu : le trousseau ne contient pas son mot de passe. Saisissez-le dans les paramètres.
carddav-trouble-insecure = Le carnet de { $host } n’est pas lu : le chemin n’est pas chiffré et le mot de passe pourrait y être lu. Saisissez une adresse qui commence par https://.
carddav-trouble-unreachable = Le serveur { $host } est injoignable : ses contacts restent tels quels, et un nouvel essai suivra. Vérifiez le réseau et l’adresse.
carddav-trouble-timed-out = Le serveur { $host } ne répond pas à temps : ses contacts restent tels quels, et un nouvel essai suivra.
carddav-trouble-certificate = Le certificat de { $host } n’est pas reconnu : rien n’y a été envoyé et ses contacts restent tels quels. Vérifiez l’adresse, ou demandez à votre administrateur de faire reconnaître ce certificat sur cet ordinateur.
carddav-trouble-password = Le serveur { $host } refuse l’utilisateur ou le mot de passe : ses contacts restent tels quels. Saisissez à nouveau le mot de passe ; certains serveurs en demandent un propre à cette application.
carddav-trouble-forbidden = Le serveur { $host } ne laisse pas cet utilisateur lire le carnet : ses contacts restent tels quels. Adressez-vous à qui gère le serveur.
carddav-trouble-elsewhere = Le serveur { $host } renvoie vers { $other }, où le mot de passe n’est pas envoyé sans votre accord. Si vous faites confiance à ce serveur, saisissez son adresse : https://{ $other }.
carddav-trouble-refused = Le serveur { $host } répond par l’erreur { $code } : ses contacts restent tels quels. Un nouvel essai suivra ; si cela dure, adressez-vous à qui gère le serveur.
carddav-trouble-not-one = Aucun carnet n’a été trouvé sur { $host } : ce serveur ne parle pas CardDAV à cette adresse. Vérifiez l’adresse, que votre fournisseur indique.
carddav-trouble-too-large = La réponse de { $host } est trop grande : ses contacts restent tels quels. Vérifiez que l’adresse est bien celle d’un carnet.
carddav-trouble-no-book = Cet utilisateur n’a pas de carnet sur { $host }, ou aucun de ceux que nomment les paramètres. Vérifiez l’utilisateur et les noms.
carddav-trouble-no-base = Aucun carnet n’a été trouvé sur { $host }. Vérifiez l’adresse.
carddav-trouble-filter = Le serveur { $host } ne comprend pas ce qui lui est demandé. Vérifiez l’adresse.

## Ce qui ne va pas avec l’annuaire. $host : le serveur, $other : un autre, $code : son résultat

ldap-trouble-no-password = L’annuaire de { $host } n’est pas interrogé : le trousseau ne contient pas son mot de passe. Saisissez-le dans les paramètres.
ldap-trouble-insecure = L’annuaire de { $host } n’est pas interrogé : il n’offre pas de chiffrement, et le mot de passe pourrait être lu en chemin. Saisissez une adresse qui commence par ldaps://, ou faites-y activer StartTLS.
ldap-trouble-unreachable = L’annuaire de { $host } est injoignable : les appelants s’affichent sans les noms qu’il connaît. Vérifiez le réseau et l’adresse ; un nouvel essai aura lieu au prochain appel.
ldap-trouble-timed-out = L’annuaire de { $host } ne répond pas à temps : les appelants s’affichent sans les noms qu’il connaît. Un nouvel essai aura lieu au prochain appel.
ldap-trouble-certificate = Le certificat de { $host } n’est pas reconnu : rien n’y a été envoyé. Vérifiez l’adresse, ou demandez à votre administrateur de faire reconnaître ce certificat sur cet ordinateur.
ldap-trouble-password = L’annuaire de { $host } refuse l’utilisateur ou le mot de passe : les appelants s’affichent sans les noms qu’il connaît. Saisissez à nouveau le mot de passe.
ldap-trouble-forbidden = L’annuaire de { $host } ne laisse pas cet utilisateur chercher : les appelants s’affichent sans les noms qu’il connaît. Adressez-vous à votre administrateur.
ldap-trouble-elsewhere = L’annuaire de { $host } renvoie vers { $other }. Si vous faites confiance à ce serveur, saisissez son adresse.
ldap-trouble-refused = L’annuaire de { $host } répond par l’erreur { $code } : les appelants s’affichent sans les noms qu’il connaît. Adressez-vous à votre administrateur ; certains annuaires demandent un utilisateur.
ldap-trouble-not-one = Il n’y a pas d’annuaire sur { $host } : ce qui y répond ne parle pas LDAP. Vérifiez l’adresse et le port.
ldap-trouble-too-large = La réponse de l’annuaire de { $host } est trop grande. Vérifiez la base et le filtre.
ldap-trouble-no-book = Rien n’a été trouvé dans l’annuaire de { $host }. Vérifiez la base et le filtre.
ldap-trouble-no-base = L’annuaire de { $host } n’a pas la base où chercher. Vérifiez-la, par exemple dc=exemple,dc=fr.
ldap-trouble-filter = L’annuaire de { $host } ne comprend pas le filtre. Vérifiez-le ; vide, c’est celui d’usage.

## Vérifications. $host : le serveur, $count : les contacts

doctor-carddav-ok = Le carnet de { $host } a été lu : { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
}.
doctor-carddav-waits = Le carnet de { $host } n’a pas encore été lu.
doctor-ldap-ok = L’annuaire de { $host } répond.
doctor-ldap-waits = L’annuaire de { $host } n’a pas encore été interrogé.
