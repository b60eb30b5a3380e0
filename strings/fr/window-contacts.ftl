# The window's contacts: search, favourites, one contact, import and export. The same ids stand in strings/en/window-contacts.ftl.

window-contacts-search = Chercher un nom, une société, un numéro
window-contacts-search-short = Nom, société, numéro
window-contacts-new = Nouveau contact
window-contacts-files = Importer, exporter
window-contacts-favourites = Favoris
window-contacts-favourite = Favori
window-contacts-all = Tous les contacts
window-contacts-found = Résultats
# $count : combien sont montrés
window-contacts-cut = Les { $count } premiers seulement : précisez la recherche.
window-contacts-none-found = Aucun contact ne correspond.
window-contacts-empty = Aucun contact
window-contacts-empty-about = Avec des contacts, les appels portent un nom et se composent d’un geste.
window-contacts-call = Appeler { $name }
window-contacts-call-short = Appeler
window-contacts-call-number = Appeler { $name }, { $number }
window-contacts-choose-number = { $name }, choisir un numéro
window-contacts-more-numbers = + { $count }
window-contacts-no-number = Ce contact n’a pas de numéro.
window-contacts-edit = Modifier
window-contacts-edit-title = Modifier le contact
window-contacts-not-own = Ce contact se modifie là d’où il vient.
window-contacts-name = Nom
window-contacts-company = Société
window-contacts-numbers = Numéros
# $at: which of them, from 1
window-contacts-label = Type du numéro { $at }
window-contacts-number = Numéro { $at }
window-contacts-remove-number = Retirer le numéro { $at }
window-contacts-add-number = Ajouter un numéro

## Import: looked at before anything is written
window-contacts-import = Importer un fichier…
window-contacts-import-title = Importer des contacts
window-contacts-nothing-yet = Rien n’est encore enregistré.
window-contacts-added = { $count ->
    [one] contact à ajouter
   *[other] contacts à ajouter
}
window-contacts-updated = { $count ->
    [one] contact à mettre à jour
   *[other] contacts à mettre à jour
}
window-contacts-unreadable = { $count ->
    [one] entrée illisible, laissée de côté
   *[other] entrées illisibles, laissées de côté
}
window-contacts-columns = Colonnes reconnues
window-contacts-column-unread = non lue
window-contacts-rejected = Entrées illisibles
window-contacts-remarks = Repris, mais à vérifier
window-contacts-line = Ligne { $line }
window-contacts-rejected-more = { $count ->
    [one] et { $count } autre
   *[other] et { $count } autres
}
window-contacts-sample = Les premiers
window-contacts-import-yes = { $count ->
    [one] Importer { $count } contact
   *[other] Importer { $count } contacts
}
window-contacts-reading = Lecture du fichier…
window-contacts-importing = Import en cours…
window-contacts-progress = { $done } sur { $total }
window-contacts-imported = Import terminé
window-contacts-added-done = { $count ->
    [one] contact ajouté
   *[other] contacts ajoutés
}
window-contacts-updated-done = { $count ->
    [one] contact mis à jour
   *[other] contacts mis à jour
}
window-contacts-undo = Annuler cet import
window-contacts-undone = L’import a été annulé : vos contacts sont comme avant.
window-contacts-undone-partly = { $count ->
    [one] L’import a été annulé. { $count } contact modifié depuis reste comme il est.
   *[other] L’import a été annulé. { $count } contacts modifiés depuis restent comme ils sont.
}
window-contacts-done = Terminé
window-contacts-other-file = Autre fichier…
window-contacts-export-title = Exporter les contacts
