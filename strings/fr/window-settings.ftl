# The window's settings beyond the connection: pages, alerts, the record, contacts. The same ids stand in strings/en/window-settings.ftl.

window-settings-page-connection = Connexion
window-settings-page-alerts = Alertes
window-settings-page-record = Fiche du correspondant
window-settings-page-contacts = Sources de contacts
window-settings-page-data = Appels et données
window-settings-page-general = Apparence et démarrage
window-settings-page-about = À propos

# What holds now, under the name of each page
window-settings-state-none = Sans relais
window-settings-state-connecting = Connexion au relais…
window-settings-state-live = Connecté au relais
window-settings-state-down = Relais injoignable
window-settings-state-refused = Refusé par le relais
window-settings-state-unenrolled = Non inscrit
window-settings-sum-incoming = entrants
window-settings-sum-missed = manqués
window-settings-sum-outgoing = sortants
window-settings-sum-none = aucune
window-settings-sum-quiet = heures calmes de { $from } à { $to }
window-settings-sum-contacts = Dossier, serveur, annuaire, postes internes
window-settings-sum-always = Appels gardés sans limite
window-settings-sum-days =
    { $days ->
        [one] Appels gardés { $days } jour
       *[other] Appels gardés { $days } jours
    }
window-settings-sum-version = Version { $version }, vérification de cet ordinateur

window-settings-choose = Choisir…
window-settings-remove = Retirer
window-settings-advanced = Avancé
window-settings-platform = Adresse de la plateforme
window-settings-platform-hint = À laisser vide, sauf consigne de votre opérateur.
window-settings-method = Requêtes à la plateforme
window-settings-method-get = GET
window-settings-method-post = POST
window-settings-plus = Envoyer les numéros avec leur +
window-settings-plus-about = Seulement sur consigne de votre opérateur.
window-settings-default-line = Ligne par défaut
window-settings-default-line-about = Le téléphone qui sonne quand vous ne choisissez pas de ligne.

## Alerts
window-settings-click-only = Composer seulement
window-settings-click-only-about = Aucune alerte ni son. Les appels restent notés.
window-settings-announced = Ce qui est annoncé
window-settings-notify-outgoing = Appels sortants
window-settings-notify-outgoing-about = Ceux que vous passez depuis le téléphone
window-settings-rest = Sans déranger
window-settings-respect-dnd = Suivre « Ne pas déranger »
window-settings-respect-dnd-about = Les alertes attendent tant que le système le demande
window-settings-discreet = Discret quand l’écran est verrouillé
window-settings-discreet-about = Ni nom ni numéro dans les alertes
window-settings-quiet = Heures calmes
window-settings-quiet-about = Les appels manqués sont signalés ensuite
window-settings-quiet-from = De
window-settings-quiet-to = à
window-settings-quiet-days = Jours où elles commencent
window-settings-quiet-wrong = Ce n’est pas une heure : saisissez-la comme 08:30.
window-settings-silenced = Numéros sans alerte
window-settings-silenced-none = Tous les numéros sont annoncés.
window-settings-silenced-how = Pour en ajouter un : dans Appels, ouvrez l’un de ses appels.
window-settings-silenced-remove = Alerter de nouveau pour { $number }

## The record of a call's party
window-settings-record-about = À chaque appel, Centrex Tray peut ouvrir la fiche du correspondant dans votre logiciel.
window-settings-record-when = Quand l’ouvrir
window-settings-record-never = Jamais
window-settings-record-never-about = Rien ne s’ouvre ni n’est proposé.
window-settings-record-ringing = Dès que le téléphone sonne
window-settings-record-ringing-about = Une fois par appel.
window-settings-record-answered = Une fois l’appel pris
window-settings-record-answered-about = Une fois par appel.
window-settings-record-request = À la demande
window-settings-record-request-about = Par le bouton de l’alerte ou de l’appel.
window-settings-record-for-incoming = Quand quelqu’un vous appelle
window-settings-record-for-outgoing = Quand vous appelez
window-settings-record-what = Ce qui s’ouvre
window-settings-record-url = Adresse de la fiche
window-settings-record-url-hint = Par exemple https://crm.example/clients?tel={"{"}e164{"}"}
window-settings-record-placeholders = Éléments à insérer dans l’adresse
window-settings-record-e164 = Insérer le numéro international
window-settings-record-national = Insérer le numéro national
window-settings-record-name = Insérer le nom
window-settings-record-company = Insérer la société
window-settings-record-line = Insérer la ligne appelée
window-settings-record-direction = Insérer le sens de l’appel
window-settings-record-call_id = Insérer l’identifiant de l’appel
window-settings-record-account = Insérer l’identifiant du compte
window-settings-record-state = Insérer l’état de l’appel
window-settings-record-example = Pour un appel de Menuiserie Exemple, s’ouvrirait :
window-settings-record-schemes = Autres débuts d’adresse permis
window-settings-record-schemes-hint = En plus de https, séparés par des virgules. Par exemple : crm
window-settings-record-program = Programme à lancer
window-settings-record-program-about = Il reçoit l’appel dans son environnement (CENTREX_E164…).
window-settings-record-program-none = Aucun programme.

## Where contacts come from
window-settings-folder = Dossier surveillé
window-settings-folder-about = Ses fichiers vCard (*.vcf) sont aussi des contacts, relus à chaque changement.
window-settings-folder-none = Aucun dossier.
window-settings-sources = Sources
window-settings-source-own = Vos contacts
window-settings-source-import = Fichier importé
window-settings-source-folder = Dossier surveillé
window-settings-source-carddav = Carnet sur un serveur
window-settings-source-ldap = Annuaire
window-settings-source-count = { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
}
window-settings-source-read = Lu le { $at }
window-settings-sync = Relire maintenant
window-settings-extensions = Postes internes
window-settings-extensions-about = Un poste et son numéro direct ne font alors qu’un : un collègue qui appelle de son poste est nommé, et un poste saisi sur le pavé est appelé.
window-settings-extension-prefix = Début de vos numéros directs
window-settings-extension-prefix-hint = Jusqu’au poste, au format international. Par exemple : +3314268
window-settings-extension-length = Chiffres d’un poste
window-settings-extension-length-hint = De 2 à 8 ; vide, les postes ne sont pas reconnus.
window-settings-outside-prefix = Préfixe de sortie
window-settings-outside-prefix-hint = Les chiffres à composer sur votre téléphone pour sortir, souvent 0. Ils sont ôtés d’un numéro saisi ou collé avec eux.

## Start
window-settings-linger = Garder la fenêtre prête
window-settings-linger-about = Fermée depuis moins longtemps, elle revient aussitôt.
window-settings-linger-none = Non
window-settings-linger-minutes = { $minutes } min

## Links to numbers in other programs. $program: the name of the program that opens them

window-links = Numéros cliqués ailleurs
window-links-about = Dans un e-mail ou sur une page web. Centrex Tray les met dans Composer et n’appelle jamais sans vous.
window-links-us = Ils s’ouvrent dans Centrex Tray.
window-links-other = Ils s’ouvrent avec { $program }.
window-links-another = Ils s’ouvrent avec un autre programme.
window-links-nobody = Aucun programme ne les ouvre.
window-links-unknown = Le système ne dit pas quel programme les ouvre.
window-links-take = Les ouvrir avec Centrex Tray
window-links-choose = Choisir dans les paramètres du système…
window-links-not-installed = Le bureau ne connaît pas encore Centrex Tray : installez-le avec son paquet pour pouvoir le choisir.
window-links-elsewhere = Pour le choisir, cherchez les applications par défaut dans les paramètres du système.

## Dialling from other programs
window-settings-elsewhere = Depuis les autres programmes
window-hotkey = Raccourci clavier
window-hotkey-about = Sélectionnez un numéro n’importe où et pressez ces touches : il arrive dans Composer, et c’est vous qui appelez.
window-hotkey-none = Aucun.
window-hotkey-choose = Choisir les touches…
window-hotkey-press = Pressez les touches
window-hotkey-how = Ctrl, Alt ou Super avec une lettre, un chiffre ou une touche de fonction. Échap pour renoncer.
