# Les sources de contacts qui sont des serveurs, dans les paramètres ; seule la page les dit. Mêmes identifiants et arguments que dans strings/en/window-directories.ftl.

directories-carddav = Carnet sur un serveur
directories-carddav-about = Les contacts d’un serveur CardDAV (Nextcloud, Radicale, un fournisseur d’e-mail) nomment vos appelants. Ils sont seulement lus : rien ne change là-bas.
directories-carddav-add = Ajouter un carnet…
directories-carddav-ask = Relire le carnet
directories-carddav-remove-what = Les contacts de ce serveur quittent cet ordinateur, et son mot de passe le trousseau. Le serveur lui-même ne change pas.
directories-carddav-url-hint = Par exemple https://nuage.example, ou l’adresse d’un seul carnet
directories-ldap = Annuaire de l’entreprise
directories-ldap-about = Quand aucun contact ne nomme un appelant, l’annuaire (LDAP, Active Directory) est interrogé.
directories-ldap-add = Utiliser un annuaire…
directories-ldap-ask = Tester l’annuaire
directories-ldap-remove-what = Cet annuaire ne sera plus interrogé, et son mot de passe quitte le trousseau.
directories-ldap-url-hint = Par exemple ldaps://annuaire.example ; avec ldap://, le chemin est chiffré par StartTLS
directories-ldap-base = Chercher dans
directories-ldap-base-hint = Par exemple ou=personnes,dc=exemple,dc=fr
directories-ldap-user-hint = Un DN, ou utilisateur@domaine ; vide, sans s’identifier
directories-ldap-filter = Filtre
directories-ldap-filter-hint = Vide, celui d’usage. { $number } tient lieu des conditions sur le numéro
directories-ldap-numbers = Attributs des numéros
directories-ldap-names = Attributs du nom
directories-ldap-companies = Attributs de la société
directories-ldap-attributes-hint = Séparés par des virgules ; vide, ceux d’usage
directories-ldap-first-hint = Le premier renseigné compte. Séparés par des virgules ; vide, ceux d’usage
directories-url = Adresse
directories-user = Utilisateur
directories-password = Mot de passe
directories-password-note = Va dans le trousseau de cet ordinateur, et à ce serveur seulement.
directories-every = Relire toutes les (minutes)
directories-every-hint = De 5 à 1 440 ; 0, seulement au démarrage et sur demande
directories-books = Carnets à lire
directories-books-hint = Par leurs noms sur le serveur, un par ligne ; vide, tous
directories-asking = Le serveur est interrogé…
directories-remove = Ne plus l’utiliser
directories-missing-url = Indiquez l’adresse du serveur.
directories-missing-user = Indiquez l’utilisateur, tel que le serveur le connaît.
