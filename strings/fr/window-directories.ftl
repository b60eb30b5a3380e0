# La section des réglages sur les carnets d’un serveur et l’annuaire de l’entreprise ; seule la page la dit. Mêmes identifiants et arguments que dans strings/en/window-directories.ftl.

directories-carddav = Carnet sur un serveur
directories-carddav-about = Les contacts d’un serveur CardDAV (Nextcloud, Radicale, un fournisseur de courriel) nomment vos appelants. Ils sont seulement lus ; rien n’y est changé.
directories-ldap = Annuaire de l’entreprise
directories-ldap-about = Quand appelle quelqu’un qu’aucun contact ne nomme, l’annuaire (LDAP, Active Directory) est interrogé.
directories-carddav-url = Adresse
directories-carddav-url-hint = https://nuage.exemple, ou l’adresse d’un seul carnet
directories-user = Utilisateur
directories-password = Mot de passe
directories-password-note = Va dans le trousseau de cet ordinateur, et à ce serveur seulement.
directories-every = Relire après (minutes)
directories-every-hint = De 5 à 1440 ; 0 : seulement au démarrage et sur demande
directories-ldap-url = Adresse
directories-ldap-url-hint = ldaps://annuaire.exemple ; avec ldap://, le chemin est chiffré par StartTLS
directories-ldap-base = Chercher dans
directories-ldap-base-hint = Par exemple ou=personnes,dc=exemple,dc=fr
directories-ldap-user-hint = Un DN, ou utilisateur@domaine ; vide : sans s’identifier
directories-ldap-filter = Filtre
directories-ldap-filter-hint = Vide : celui d’usage. { $number } tient lieu des conditions sur le numéro
directories-advanced = Plus
directories-save = Enregistrer
directories-saving = Enregistrement…
directories-saved = Enregistré
directories-remove = Ne plus l’utiliser
directories-remove-sure = Oui, retirer ses contacts
directories-cancel = Annuler
directories-missing-url = Saisissez d’abord une adresse.
directories-missing-user = Saisissez d’abord un utilisateur.
directories-kept = Le mot de passe est dans le trousseau
directories-replace = Remplacer
