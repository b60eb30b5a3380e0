# The window: labels, buttons, headings, its own sentences. What the agent says comes by id from core.ftl.
# U+00A0 before « : » and inside « », U+202F before ; ? ! – as French typography wants.

## Places
window-place-pad = Composer
window-place-calls = Appels
window-place-contacts = Contacts
window-place-settings = Paramètres
window-places = Rubriques
window-live-badge = { $count ->
    [one] { $count } appel en cours
   *[other] { $count } appels en cours
}
window-missed-badge = { $count ->
    [one] { $count } appel manqué
    [500] 500 appels manqués ou plus
   *[other] { $count } appels manqués
}

## Pad
window-pad-field = Numéro à composer
window-pad-placeholder = Nom ou numéro
window-pad-keys = Pavé numérique
window-pad-key-star = étoile
window-pad-key-hash = dièse
window-pad-key-zero = 0, appui long pour le signe plus
window-pad-erase = Effacer le dernier caractère
window-pad-erase-hint = Appui long : tout effacer
window-pad-call = Appeler
window-pad-calling = Appel demandé…
window-pad-line = Depuis
window-pad-line-default = { $line } (par défaut)
window-pad-original = Texte d’origine
window-pad-choose = Quel numéro appeler ?
window-pad-people = Contacts qui correspondent
window-pad-people-hint = Entrée pour le premier, flèche bas pour un autre.
window-pad-nobody = Aucun contact de ce nom : saisissez un numéro, ou un autre nom.
window-pad-question-yes = Appeler quand même
window-pad-question-no = Ne pas appeler
window-pad-look-first = Ce numéro vient d’arriver : vérifiez-le, puis appuyez de nouveau sur Entrée.
window-pad-ready = Saisissez un nom ou un numéro.
window-pad-ready-recall = Nom, numéro, ou ↑ pour le dernier composé.
window-pad-setup = Rien n’est encore configuré.
window-pad-setup-button = Configurer

## Card of a placed call
window-card = Appel en cours de composition
window-card-own = Votre téléphone
window-card-other = Correspondant
window-card-from = Depuis la ligne { $line }
window-card-lasted = Durée : { $duration }
window-card-hang-up = Pour terminer, raccrochez votre téléphone.
# $number: what came while this call goes on
window-card-next = Numéro suivant, en attente : { $number }
window-card-close = Fermer
window-card-hide = Masquer
window-card-redial = Rappeler
window-card-retry = Réessayer
window-card-step-done = décroché
window-card-step-active = en cours
window-card-step-waiting = à venir
window-card-step-failed = échec

## Calls
window-calls-live = En cours
window-calls-today = Aujourd’hui
window-calls-yesterday = Hier
window-calls-empty = Aucun appel pour l’instant
window-calls-empty-relay = Les appels reçus, émis et manqués de vos lignes apparaîtront ici.
window-calls-empty-direct = Vos appels composés d’ici apparaîtront ici. Sans relais, les appels entrants ne peuvent pas être annoncés.
window-calls-empty-unset = Choisissez d’abord un mode : relais ou direct.
window-calls-empty-pad = Composer un numéro
window-calls-incoming = Appel entrant
window-calls-outgoing = Appel sortant
window-calls-ringing-in = Sonne
window-calls-ringing-out = Appel en cours
window-calls-talking = En communication
window-calls-answered-in = Pris
window-calls-answered-on = Pris sur la ligne { $line }
# $time: how long it rang, as “4 s”
window-calls-rang = a sonné { $time }
window-calls-answered-out = Abouti
window-calls-missed = Manqué
window-calls-no-answer = Sans réponse
window-calls-unknown = Issue inconnue
window-calls-to-line = vers { $line }
window-calls-from-line = depuis { $line }
window-calls-unread = non vu
window-calls-call-back = Rappeler { $party }
window-calls-call-back-short = Rappeler
window-calls-copy = Copier le numéro
window-calls-copied = Numéro copié
window-calls-copy-failed = Le numéro n’a pas pu être copié. Sélectionnez-le et copiez-le au clavier.
window-calls-number = Numéro
window-calls-line = Ligne
window-calls-started = Début
window-calls-duration = Durée
window-calls-status = Statut
window-calls-not-callable = Ce correspondant n’a pas transmis de numéro à rappeler.
window-calls-search = Rechercher un nom, un numéro, une note
window-calls-search-short = Nom, numéro, note
window-calls-filter = Quels appels
window-calls-filter-all = Tous les appels
window-calls-filter-missed = Manqués
window-calls-filter-incoming = Entrants
window-calls-filter-outgoing = Sortants
window-calls-filter-to_call_back = À rappeler
window-calls-period = Période
window-calls-period-0 = Toute période
window-calls-period-1 = Aujourd’hui
window-calls-period-7 = 7 jours
window-calls-period-30 = 30 jours
window-calls-period-365 = 12 mois
window-calls-lines-all = Toutes les lignes
window-calls-none-found = Aucun appel ne correspond.
# $from, $until: heures sans connexion au relais
window-calls-hole-open = Non connecté depuis { $from }
window-calls-hole-awaited = Non connecté de { $from } à { $until } – pas encore rattrapé
window-calls-hole-filled = Non connecté de { $from } à { $until } – rattrapé
window-calls-hole-gap = Non connecté de { $from } à { $until } – des appels peuvent manquer
window-calls-why = Ce nom
window-calls-ambiguous = Plusieurs personnes ont ce numéro. Qui est-ce ?
window-calls-ambiguous-kept = Votre choix est retenu. Une personne de l’annuaire de l’entreprise devient un de vos contacts.
window-calls-another = C’est quelqu’un d’autre…
window-calls-note = Note
window-calls-note-unsaved = Note non enregistrée
window-calls-to-call-back = À rappeler
window-calls-record = Ouvrir la fiche
window-calls-silence = Ne plus alerter
window-calls-unsilence = Alerter de nouveau
window-calls-silenced = sans alerte
window-calls-delete = Supprimer
window-calls-delete-sure = Supprimer vraiment

## Settings
window-settings-mode = Mode
window-settings-mode-relay = Relais
window-settings-mode-direct = Direct
window-settings-mode-relay-about = Le relais de votre entreprise annonce les appels et les compose pour vous.
window-settings-mode-direct-about = Vos appels partent directement vers la plateforme. Sans relais, les appels entrants ne sont pas annoncés.
window-settings-use = Utiliser ce mode
window-settings-relay-url = Adresse du relais
window-settings-relay-url-hint = Par exemple https://relais.example
window-settings-code = Code d’inscription
window-settings-code-hint = Votre administrateur vous le donne. Il ne sert qu’une fois.
window-settings-enrol = Inscrire cet ordinateur
window-settings-enrolling = Inscription…
window-settings-enrolled = Cet ordinateur est inscrit auprès de
window-settings-enrolled-done = Cet ordinateur est inscrit.
window-settings-ready = C’est prêt
window-settings-ready-pad = Composer un numéro
window-settings-account = Identifiant du compte
window-settings-account-hint = Celui de votre ligne Centrex.
window-settings-authentication = S’identifier par
window-settings-api-key = Clé d’API
window-settings-password = Mot de passe
window-settings-secret-api-key = Clé d’API
window-settings-secret-password = Mot de passe du compte
window-settings-secret-token = Jeton du relais
window-settings-secret-kept = Dans le trousseau du système
window-settings-secret-note = Le trousseau du système garde ce secret, qui n’est jamais affiché.
window-settings-secret-replace = Remplacer
window-settings-secret-forget = Oublier
window-settings-secret-forget-sure = Oublier vraiment
window-settings-cancel = Annuler
window-settings-save = Enregistrer
window-settings-saving = Enregistrement…
window-settings-saved = Enregistré
window-settings-missing-account = Indiquez l’identifiant du compte : le secret lui est rattaché.
window-settings-missing-secret = Indiquez le secret à conserver dans le trousseau.
window-settings-missing-relay = Indiquez l’adresse du relais.
window-settings-missing-code = Indiquez le code d’inscription donné par votre administrateur.
window-settings-lines = Lignes servies :
window-settings-test = Tester la connexion
window-settings-testing = Test en cours…
window-settings-test-steps = Étapes du test
window-settings-test-good = Tout fonctionne.
window-settings-test-bad = Une étape a échoué : la première en cause est la plus haute.
window-settings-test-warning = Cela fonctionne, avec une réserve.
window-settings-check-ok = réussi
window-settings-check-warning = avec réserve
window-settings-check-failed = échec
window-settings-check-skipped = non essayé
window-settings-notify-incoming = Appels entrants
window-settings-notify-incoming-about = Une notification tant que le téléphone sonne
window-settings-notify-missed = Appels manqués
window-settings-notify-missed-about = Un rappel avec le bouton « Rappeler »
window-settings-sound = Son
window-settings-sound-about = Accompagner les notifications d’un son
window-settings-alerts-direct = Les alertes demandent un relais.
window-settings-language = Langue
window-settings-language-system = Système
window-settings-language-fr = Français
window-settings-language-en = English
window-settings-theme = Thème
window-settings-theme-system = Système
window-settings-theme-light = Clair
window-settings-theme-dark = Sombre
window-settings-start = Démarrage
window-settings-autostart = Ouvrir avec la session
window-settings-autostart-about = Centrex Tray attend les appels dès la connexion
window-settings-locked = Fixé par votre entreprise
window-settings-file = Fichier de paramètres
window-settings-copy-file = Copier le chemin
window-settings-copied = Copié
window-settings-version = Version
window-settings-profile = Profil
window-settings-doctor = Vérifier cet ordinateur
window-settings-doctor-running = Vérification…
window-settings-doctor-steps = Résultats de la vérification
window-settings-quit = Quitter Centrex Tray
window-settings-quit-sure = Quitter vraiment ? Plus aucun appel ne sera annoncé.
window-settings-quit-yes = Quitter
window-settings-tray-missing = Ce bureau n’affiche pas l’icône de Centrex Tray. Pour retrouver cette fenêtre, lancez de nouveau Centrex Tray.

## First start
window-welcome-title = Bienvenue
window-welcome-text = Centrex Tray compose vos numéros, annonce qui appelle et garde vos appels manqués. Votre téléphone, lui, reste sur le bureau.
window-welcome-question = Que vous a-t-on remis ?
window-welcome-relay = J’ai un code d’inscription
window-welcome-relay-about = Votre administrateur vous a donné une adresse et un code, ou un lien à ouvrir.
window-welcome-direct = J’ai une clé d’API ou un mot de passe
window-welcome-direct-about = Pour composer seulement. Les appels entrants ne sont pas annoncés.
window-welcome-back = Autre choix

## An enrolment link that waits
window-enrol-title = Inscrire cet ordinateur ?
window-enrol-host = Le lien que vous avez ouvert inscrit cet ordinateur auprès de :
window-enrol-trust = Ce serveur saura qui vous appelle et pourra faire sonner votre téléphone. N’acceptez que si vous reconnaissez ce nom.
window-enrol-yes = Inscrire cet ordinateur
window-enrol-no = Refuser
window-enrol-code = Saisir le code

## Banners
window-banner-agent-lost = Centrex Tray ne répond plus. La fenêtre se reconnecte dès qu’il revient.
window-banner-agent-starting = Connexion à Centrex Tray…
window-banner-agent-start = Démarrer Centrex Tray
window-agent-start-failed = Centrex Tray n’a pas pu être démarré. Lancez-le depuis le menu des applications, ou réinstallez-le.
window-agent-unreachable = Centrex Tray ne répond pas : rien n’a été fait. Réessayez dès que la fenêtre est reconnectée.
window-banner-open-settings = Ouvrir les paramètres
window-banner-link = Lien d’inscription
window-banner-settings = Fichier de paramètres
window-banner-keychain = Trousseau
window-banner-connection = Relais
window-banner-journal = Journal d’appels
window-banner-record = Fiche de l’appel
window-banner-restarted = La fenêtre s’était arrêtée ; elle a été rouverte. Vos appels n’ont pas été touchés, mais un numéro saisi et pas encore appelé est à saisir de nouveau.
# Instead of a sentence that this version lacks
window-unknown-sentence = Un problème est survenu, que cette version ne sait pas décrire. Quittez puis relancez Centrex Tray ; si cela persiste, mettez-le à jour.
window-failed = L’opération a échoué sans explication. Réessayez ; si cela persiste, relancez Centrex Tray.

## Time
window-duration-seconds = { $seconds } s
window-duration-minutes = { $minutes } min { $seconds } s
window-duration-hours = { $hours } h { $minutes } min
