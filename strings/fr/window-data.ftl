# What the window says of files: exports, imports, deletion. The same ids stand in strings/en/window-data.ftl.

window-data-format = Format du fichier
window-data-format-vcard = vCard
window-data-format-excel = CSV pour Excel
window-data-format-csv = CSV
window-data-export = Exporter…
window-data-written = { $count ->
    [one] { $count } élément enregistré dans
   *[other] { $count } éléments enregistrés dans
}
window-data-taken = { $added ->
    [one] { $added } élément ajouté
   *[other] { $added } éléments ajoutés
}, { $updated ->
    [one] { $updated } mis à jour.
   *[other] { $updated } mis à jour.
}
window-data-rejected = { $count ->
    [one] { $count } élément illisible a été laissé de côté.
   *[other] { $count } éléments illisibles ont été laissés de côté.
}
window-data-taken-marks = { $count ->
    [one] { $count } favori ou choix entre contacts vaut maintenant ici.
   *[other] { $count } favoris ou choix entre contacts valent maintenant ici.
}
window-data-taken-settings = { $count ->
    [one] { $count } paramètre repris.
   *[other] { $count } paramètres repris.
}
window-data-taken-locked = { $count ->
    [one] { $count } paramètre, fixé par votre entreprise, reste inchangé.
   *[other] { $count } paramètres, fixés par votre entreprise, restent inchangés.
}
window-file-name = Le nom de ce fichier contient des caractères illisibles : il n’a pas été utilisé. Renommez-le, ou choisissez-en un autre.
window-data-format-json = JSON, complet
window-data-format-calendar = Agenda (iCalendar)
window-data-keep = Garder les appels
window-data-keep-always = Toujours
window-data-keep-days =
    { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    }
window-data-keep-sure =
    { $days ->
        [one] Les appels de plus d’un jour seront supprimés de cet ordinateur, avec leurs notes, et plus rien ne les rendra.
       *[other] Les appels de plus de { $days } jours seront supprimés de cet ordinateur, avec leurs notes, et plus rien ne les rendra.
    }
window-data-keep-yes = Supprimer les plus anciens
window-data-private = Garder les appels masqués
window-data-private-about = Ceux dont le numéro n’est pas transmis
window-data-private-sure = Les appels masqués déjà enregistrés seront supprimés de cet ordinateur, avec leurs notes, et plus rien ne les rendra.
window-data-private-yes = Supprimer les appels masqués
window-data-calls = Vos appels
window-data-calls-export = Exporter les appels
window-data-calls-import = Reprendre des appels
window-data-calls-import-about = D’un export JSON complet. Rien n’est repris deux fois.
window-data-everything = Tout ce qui est à vous
window-data-everything-about = Appels, notes, contacts, favoris, numéros silencieux et paramètres, dans un nouveau dossier. Les secrets restent dans le trousseau ; la connexion, le dossier surveillé et le programme des fiches se règlent sur chaque ordinateur.
window-data-everything-export = Tout exporter
window-data-everything-import = Tout reprendre
window-data-erase = Suppression
window-data-erase-calls = Supprimer tous les appels…
window-data-erase-sure = Supprimer tous les appels de cet ordinateur ?
window-data-erase-what = Le journal entier part, avec les notes, les appels à rappeler et les périodes sans connexion ; un appel en cours reste. Contacts, favoris et paramètres restent. Seul un export permettrait de revenir en arrière.
window-data-erase-yes = Supprimer tous les appels
window-data-erased = Tous les appels ont été supprimés.
window-data-erase-contacts = Supprimer tous vos contacts…
window-data-erase-contacts-none = Vous n’avez aucun contact personnel : il n’y a rien à supprimer.
window-data-erase-contacts-sure =
    { $count ->
        [one] Supprimer votre seul contact ?
       *[other] Supprimer vos { $count } contacts ?
    }
window-data-erase-contacts-what = Ceux que vous avez saisis ou importés partent, avec leurs notes et vos favoris. Ceux d’un dossier surveillé ou d’un serveur restent, les appels aussi. Seul un export permettrait de revenir en arrière.
window-data-erase-contacts-yes = Supprimer ces contacts
window-data-erased-contacts =
    { $count ->
        [one] { $count } contact a été supprimé.
       *[other] { $count } contacts ont été supprimés.
    }
