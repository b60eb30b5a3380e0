# What the command line, the connection test and doctor say; and why a link, an enrolment or a request was refused.
# The same ids and arguments stand in strings/en/cli.ftl. Arguments are plain text, ready to show.

## Help of the command line

cli-about = Compose et annonce les appels de votre ligne Centrex
cli-help-profile = Profil à part, avec ses paramètres, ses secrets et ses appels
cli-help-hidden = Démarrer dans la zone de notification, sans fenêtre
cli-help-dial = Ouvre Composer avec un numéro, sans l’appeler
cli-help-selection = Ce qui est sélectionné à l’écran, au lieu d’un numéro ; pour un raccourci du bureau lui-même
cli-help-number = Un numéro, un lien tel:, callto: ou sip:, ou le lien d’inscription donné par votre administrateur
cli-help-status = Affiche l’état de l’application en marche
cli-help-doctor = Vérifie ce qui fonctionne sur cet ordinateur
cli-help-quit = Quitte l’application en marche
cli-help-unregister = Retire l’application du démarrage de la session et des liens (avant de la supprimer)
cli-help-calls = Affiche les appels du journal, les plus récents d’abord
cli-help-calls-text = Mots du nom, de la société ou de la note, ou chiffres du numéro
cli-help-calls-missed = Les appels manqués seulement
cli-help-calls-incoming = Les appels reçus seulement
cli-help-calls-outgoing = Les appels émis seulement
cli-help-calls-to-call-back = Les appels à rappeler seulement
cli-help-calls-account = Ceux de cette ligne seulement
cli-help-calls-from = À partir de ce jour (2026-11-24) ou de cet instant (RFC 3339)
cli-help-calls-until = Jusqu’à ce jour compris, ou jusqu’à cet instant
cli-help-calls-limit = Nombre d’appels affichés au plus
cli-help-calls-export = Écrit tous les appels dans un fichier
cli-help-calls-file = Fichier .csv, .json ou .ics
cli-help-replace = Remplace le fichier s’il existe
cli-help-bom = CSV : commence par une marque d’ordre des octets, pour Excel
cli-help-contacts = Cherche dans les contacts
cli-help-contacts-text = Débuts de mots du nom ou de la société, ou chiffres du numéro
cli-help-contacts-favourites = Les favoris seulement
cli-help-contacts-limit = Nombre de contacts affichés au plus
cli-help-contacts-import = Montre ce qu’un fichier apporterait, et l’importe avec --yes
cli-help-contacts-from = Fichier vCard ou CSV
cli-help-contacts-yes = Importe ce qui a été montré
cli-help-contacts-undo = Annule le dernier import
cli-help-contacts-export = Écrit tous les contacts dans un fichier vCard ou un tableau CSV
cli-help-contacts-to = Fichier à écrire : .vcf ou .csv
cli-help-contacts-delete = Supprime vos propres contacts, avec --yes
cli-help-contacts-all = Tous, saisis et importés
cli-help-contacts-delete-yes = Les supprime pour de bon
cli-help-contacts-csv = Écrit un tableau CSV, quel que soit le nom du fichier
cli-help-json = Affiche le résultat en JSON

## Why a command failed. $why: the system’s words

cli-not-running = L’application n’est pas en marche pour ce profil. Démarrez-la avec « { $command } ».
cli-not-reached = L’application en marche ne répond pas ({ $why }). Quittez-la, puis démarrez-la de nouveau.
cli-hangs = L’application en marche ne répond pas depuis { $seconds } secondes : elle est bloquée, ou l’ordinateur est très occupé. Réessayez dans un moment ; si rien ne change, terminez le processus « centrex-tray », puis démarrez l’application de nouveau.
cli-start-failed = L’application n’a pas démarré, et rien n’a donc été ouvert. Pour en voir la raison, lancez « { $command } » dans un terminal.
cli-no-home = Aucun dossier personnel n’est défini pour cette session, et les fichiers de l’application y ont leur place. Définissez la variable HOME, puis recommencez.
cli-lost = L’application s’est arrêtée avant de répondre : il n’est pas certain que la demande ait été prise en compte. Démarrez-la de nouveau et vérifiez.
cli-answer-unknown = L’application en marche est d’une autre version que cette commande. Quittez-la, puis démarrez-la de nouveau.
cli-quit-slow = L’application a accepté de s’arrêter, mais elle est encore en marche. Attendez un instant ; si elle reste, fermez-la depuis le gestionnaire de tâches du système.
cli-unregister-failed = Le système ouvre toujours cette application ({ $why }). Vérifiez vos droits d’accès, puis réessayez.
cli-socket-failed = L’application ne peut pas ouvrir son canal de commande et ne démarre donc pas ({ $why }). Vérifiez les droits de ce dossier, puis recommencez.
cli-socket-not-private = Le dossier { $folder } appartient à un autre utilisateur, ou d’autres peuvent y écrire : l’application n’y ouvre pas son canal de commande et ne démarre pas. Réservez ce dossier à vous seul (chmod 700), ou indiquez-en un autre dans CENTREX_TRAY_RUNTIME_DIR.
cli-data-in-use = L’application est déjà en marche pour le profil « { $profile } » avec les données de { $folder }, et n’est pas joignable d’ici : elle a été lancée dans une autre session, ou son dossier d’exécution a disparu. Utilisez-la là-bas, ou quittez-la depuis le menu de son icône, puis recommencez.
cli-desktop-failed = L’application ne peut pas s’installer dans la session et ne démarre donc pas ({ $why }). Fermez des programmes ou rouvrez la session, puis recommencez.
cli-no-session-bus = Aucun bus de session D-Bus n’est joignable ({ $why }) : sans lui, ni icône, ni notification, ni trousseau. Démarrez l’application depuis votre session graphique, ou avec « dbus-run-session centrex-tray ».

## status

cli-mode-unset = Rien n’est encore configuré.
cli-mode-relay = Appels par le relais de l’entreprise.
cli-mode-direct = Appels directs, sans relais.
# $host: the relay
cli-enrolment-waits = Une inscription auprès du relais { $host } attend votre réponse dans la fenêtre. Rien ne lui est envoyé d’ici là.
# $accounts: account ids, separated by commas
cli-accounts = Lignes : { $accounts }
cli-live-calls =
    { $count ->
        [0] Aucun appel en cours
        [one] 1 appel en cours
       *[other] { $count } appels en cours
    }
cli-missed-calls =
    { $count ->
        [0] Aucun appel manqué
        [one] 1 appel manqué
        [500] 500 appels manqués ou plus
       *[other] { $count } appels manqués
    }

## The control socket

control-bad-request = Cette demande n’est pas lisible. Le programme qui l’a envoyée ne convient peut-être pas à cette version : mettez-les à jour ensemble.
control-answer-too-long = La réponse est plus longue que ce que l’application peut envoyer et a été omise ; il se peut que la demande ait été suivie. Demandez-en moins ; si cela se reproduit, redémarrez l’application.
control-line-too-long = Cette demande est trop longue et n’a pas été lue. Envoyez-la en plus petit.
control-too-many = Trop de programmes parlent à l’application en même temps : celui-ci a été refusé et rien n’a été fait. Fermez-en quelques-uns et réessayez ; si vous ne savez pas lesquels, redémarrez l’application.
control-version = Ce programme est d’une autre version que l’application en marche. Quittez l’application, puis démarrez-la de nouveau.

## The window. $path: where it should be

agent-window-missing = La fenêtre n’est pas installée : le programme { $path } manque. Les appels restent annoncés ; réinstallez l’application pour retrouver la fenêtre.
agent-window-not-started = La fenêtre ne s’ouvre pas : le système refuse de lancer { $path } ({ $why }). Les appels restent annoncés ; réinstallez l’application si cela persiste.

## Links and enrolment. $host: the relay

link-unknown = Ce lien n’est pas un lien d’inscription de Centrex Tray : rien n’a été fait. Demandez le lien complet à votre administrateur.
enrol-address-bad = L’adresse du relais n’est pas lisible. Écrivez-la en entier, par exemple https://relais.example.
enrol-address-plain = L’adresse du relais commence par http:// : votre jeton serait lisible sur le réseau. Demandez à votre administrateur l’adresse en https://.
enrol-http-setup = La connexion sécurisée ne peut pas être préparée sur cet ordinateur ({ $why }). Vérifiez les certificats et le proxy du système, puis recommencez.
enrol-code-missing = Le code d’inscription manque. Saisissez celui que votre administrateur vous a donné.
enrol-code-mistyped = Ce code comporte une faute de frappe : aucun relais n’en a émis de tel, et rien n’est perdu. Comparez-le à celui que votre administrateur vous a donné, puis saisissez-le de nouveau.
enrol-code-used = Ce code a déjà servi, et chacun ne sert qu’une fois : rien n’a été fait ici. Demandez-en un nouveau à votre administrateur ; si vous ne l’avez jamais utilisé, dites-le-lui.
enrol-code-expired = Ce code a expiré ou a été retiré : rien n’a été fait ici. Demandez-en un nouveau à votre administrateur.
enrol-code-invalid = Le relais { $host } ne connaît pas ce code : il vient peut-être d’un autre relais. Vérifiez l’adresse du relais, ou demandez un nouveau code à votre administrateur.
enrol-too-many = Le relais { $host } reçoit trop de tentatives. Attendez une minute, puis recommencez ; le code reste valable.
enrol-refused = Le relais { $host } a refusé l’inscription. Recommencez dans un instant, et prévenez votre administrateur si cela persiste.
enrol-unreachable = Le relais { $host } est injoignable : le code n’a pas été envoyé et reste valable. Vérifiez l’adresse et votre connexion au réseau, puis recommencez.
enrol-tls = La connexion chiffrée au relais { $host } échoue, son certificat n’est pas reconnu : le code n’a pas été envoyé et reste valable. Vérifiez l’adresse, ou prévenez votre administrateur.
enrol-no-answer = Le relais { $host } n’a pas répondu à temps. Recommencez ; si le code est alors refusé, demandez-en un nouveau à votre administrateur.
enrol-not-a-relay = Ce qui répond à l’adresse { $host } n’est pas un relais. Vérifiez l’adresse avec votre administrateur ; le code reste valable.
enrol-token-not-stored = Le relais a accepté le code, mais le trousseau n’a pas gardé le jeton : cet ordinateur n’est pas inscrit, et le code est utilisé. Ouvrez le trousseau, puis demandez un nouveau code à votre administrateur.
enrol-relay-locked = Votre entreprise a fixé un autre relais : l’inscription n’a pas été faite. Demandez à votre administrateur un lien pour ce relais.
enrol-link-changed = Cette inscription n’attend plus votre réponse : un autre lien a été ouvert, ou elle a été refusée. Rien n’a été fait. Vérifiez le relais affiché, ou ouvrez de nouveau le lien.
credential-server-missing = Aucun serveur ni utilisateur n’est réglé pour ce mot de passe : il n’a pas été conservé. Enregistrez d’abord l’adresse et l’utilisateur.
credential-account-missing = Ce secret appartient à un compte, et aucun compte n’est indiqué. Indiquez d’abord l’identifiant du compte.

## The connection test

test-not-set-up = Rien n’est encore configuré : choisissez le relais de votre entreprise ou le mode direct.
test-relay-address-missing = L’adresse du relais manque. Inscrivez cet ordinateur avec le code de votre administrateur.
test-address-ok = L’adresse { $host } est connue du réseau.
test-address-unknown = L’adresse { $host } n’est pas connue du réseau ({ $why }). Vérifiez-la, ainsi que votre connexion.
test-relay-reachable = Le relais répond, et sa connexion est sûre.
test-relay-reachable-plain = Le relais répond. La connexion n’est pas chiffrée : elle ne doit pas quitter cet ordinateur.
test-relay-unreachable = Le relais est injoignable ({ $why }). Vérifiez votre connexion au réseau, ou prévenez votre administrateur.
test-relay-tls = La connexion chiffrée au relais échoue ({ $why }) : son certificat n’est pas reconnu. Vérifiez l’adresse, ou prévenez votre administrateur.
test-relay-no-answer = Le relais ne répond pas à temps. Recommencez, et prévenez votre administrateur si cela persiste.
test-relay-not-a-relay = Ce qui répond à cette adresse n’est pas un relais. Vérifiez l’adresse ; un portail de connexion au réseau peut aussi répondre à sa place.
test-relay-busy = Le relais est surchargé ou redémarre. Recommencez dans un instant.
test-token-missing = Cet ordinateur n’a pas de jeton pour le relais. Saisissez un code d’inscription.
test-token-other-relay = Le jeton de cet ordinateur vient d’un autre relais : il n’est pas envoyé à celui-ci. Saisissez un code d’inscription de ce relais, ou rétablissez l’ancienne adresse.
test-token-refused = Le relais n’accepte plus le jeton de cet ordinateur. Demandez un nouveau code d’inscription à votre administrateur.
# $label: the name that the administrator gave this computer
test-token-ok = Le relais reconnaît cet ordinateur sous le nom « { $label } ».
test-stream-ok = Les annonces d’appels arrivent.
test-stream-failed = Les annonces d’appels n’arrivent pas : un proxy les retient peut-être. Prévenez votre administrateur.
test-relay-dial-ok = Le relais peut lancer des appels pour cet ordinateur.
test-relay-dial-none = Le relais annonce les appels, mais ne peut pas en lancer pour cet ordinateur. Composez-les sur votre téléphone, ou demandez à votre administrateur de l’autoriser.
test-account-missing = L’identifiant du compte manque. Indiquez-le dans les paramètres.
test-credentials-ok = Le trousseau garde le secret de ce compte.
test-credentials-missing = Le trousseau ne garde aucun secret pour ce compte. Enregistrez la clé d’API ou le mot de passe dans les paramètres.
test-credentials-other-platform = Le secret du trousseau a été donné pour une autre adresse de la plateforme : il n’est pas envoyé à celle-ci. Donnez-le de nouveau dans les paramètres, ou remettez l’ancienne adresse.
test-platform-reachable = La plateforme répond. La clé n’est vérifiée qu’au premier appel, car l’essai ne fait rien sonner.
test-platform-unreachable = La plateforme est injoignable ({ $why }). Vérifiez votre connexion à Internet et l’adresse de la plateforme.
test-direct-refused-key = La plateforme a refusé cette clé ou ce mot de passe au dernier appel : le prochain échouerait aussi. Corrigez-le dans les paramètres, ou demandez à votre administrateur.
test-direct-refused-forbidden = La plateforme a refusé cette adresse ou ce compte au dernier appel : le prochain échouerait aussi. Demandez à votre administrateur de les faire autoriser par l’opérateur.
test-direct-refused-no-callback = La plateforme a refusé le dernier appel, car ce compte n’a pas d’adresse de callback. Demandez à votre administrateur d’en déclarer une.
test-relay-refused-key = La plateforme a refusé la clé du relais au dernier appel : le prochain échouerait aussi. Prévenez votre administrateur.
test-relay-refused-forbidden = La plateforme a refusé l’adresse du relais ou ce compte au dernier appel : le prochain échouerait aussi. Prévenez votre administrateur.
test-relay-refused-no-callback = La plateforme a refusé le dernier appel, car ce compte n’a pas d’adresse de callback. Demandez à votre administrateur d’en déclarer une depuis le relais.
test-direct-no-alerts = En mode direct, les appels reçus ne sont pas annoncés : il faut un relais.

## doctor

doctor-tray-ok = La zone de notification affiche l’icône.
doctor-tray-none = Aucune zone de notification n’affiche l’icône. Les appels sont annoncés quand même ; ouvrez la fenêtre avec « centrex-tray », ou ajoutez une zone de notification à votre bureau (sous GNOME, l’extension AppIndicator).
doctor-tray-host = Une zone de notification est prête à afficher l’icône.
doctor-untried = Ne se vérifie que lorsque Centrex Tray est en marche. Démarrez-le, puis recommencez.
doctor-relay-ok = Le relais répond, reconnaît cet ordinateur et lui annonce les appels.
doctor-relay-unused = En mode direct, aucun relais n’est utilisé.
doctor-platform-by-relay = Cet ordinateur ne parle pas à la plateforme : le relais le fait pour lui. Votre administrateur peut la vérifier depuis le relais.
doctor-notifications-ok = Les notifications sont affichées par { $server }.
doctor-notifications-unasked = Aucune notification n’a été refusée par le bureau.
doctor-notifications-refused = { $server } affiche les notifications, mais en a refusé une depuis le démarrage ({ $why }). Si des alertes manquent, redémarrez votre session.
doctor-notifications-no-buttons = { $server } affiche les notifications sans leurs boutons : pour rappeler, cliquez sur la notification ou ouvrez la liste des appels.
doctor-notifications-failed = Le bureau n’affiche pas les notifications ({ $why }). Démarrez un service de notification, ou autorisez Centrex Tray dans les paramètres du système.
doctor-keychain-ok = Le trousseau répond et garde ce qui lui est confié.
doctor-journal-ok = Le journal d’appels s’enregistre.
doctor-journal-failed = Le journal d’appels ne s’enregistre pas ({ $why }) : les appels s’affichent, mais attendent d’y être enregistrés. Vérifiez le disque et les droits de son dossier ; un nouvel essai se fait tout seul.
doctor-history-cut = Le relais garde plus d’appels passés qu’il n’en transmet en une fois : les plus anciens manquent peut-être dans le journal de cet ordinateur. S’il vous en manque, demandez-les à votre administrateur.
doctor-settings-ok = Le fichier de paramètres est lisible.
doctor-window-ok = La fenêtre est installée.
# $program: the name of the program that opens links to numbers
doctor-hotkey-ok = { $keys } met dans Composer ce qui est sélectionné, dans n’importe quel programme.
doctor-hotkey-asked = Le raccourci se met en place. Redemandez dans un instant.
doctor-hotkey-none = Aucun raccourci n’est réglé : dial.hotkey = "Ctrl+Alt+D" dans les paramètres mettrait dans Composer ce qui est sélectionné, dans n’importe quel programme.
cli-nothing-selected = Rien n’est sélectionné : Composer s’ouvre tel quel. Sélectionnez d’abord un numéro.
cli-selection-failed = Ce qui est sélectionné n’est pas lisible ({ $why }) : Composer n’a pas été ouvert. Copiez le numéro et collez-le dans Composer.
cli-selection-not-here = Ce système ne dit pas ce qui est sélectionné : Composer n’a pas été ouvert. Copiez le numéro et collez-le dans Composer.
doctor-links-us = Les numéros cliqués dans d’autres programmes s’ouvrent dans Centrex Tray.
doctor-links-other = Les numéros cliqués dans d’autres programmes s’ouvrent avec { $program }. Cela se change dans les paramètres de la fenêtre.
doctor-links-another = Les numéros cliqués dans d’autres programmes s’ouvrent avec un autre programme que Centrex Tray. Cela se change dans les paramètres de la fenêtre.
doctor-links-nobody = Aucun programme n’ouvre les numéros cliqués dans d’autres programmes. Cela se change dans les paramètres de la fenêtre.
doctor-links-unknown = Le système ne dit pas quel programme ouvre les numéros cliqués dans d’autres programmes.
links-not-taken = Les numéros cliqués ailleurs ne s’ouvrent toujours pas avec Centrex Tray ({ $why }). Choisissez-le dans les applications par défaut de votre système.

# The journal, asked by the window or the command line
journal-call-gone = Cet appel n’est plus dans le journal : il a été supprimé. Actualisez la liste.
journal-query-time = La période demandée n’est pas une date lisible : choisissez-la de nouveau.
journal-query-page = La suite demandée n’existe pas : reprenez la liste depuis le début.
record-not-set = Aucune fiche ne peut être ouverte pour cet appel : réglez l’adresse de la fiche dans les paramètres.
silence-number-bad = Ce numéro ne peut pas être mis parmi ceux sans alerte : il n’est pas complet.
export-folder-unusable = Le dossier ne peut pas être utilisé : { $why }. Choisissez-en un autre.
import-folder-empty = Ce dossier ne contient rien d’un export : choisissez celui d’un export.
import-marks-unreadable = Les favoris de marks.json sont illisibles : ils n’ont pas été repris. Exportez tout à nouveau, puis réessayez.

## calls and contacts. $count, $added, $updated, $rejected: how many; $file: a name; $format: as what it was read

cli-call-ringing = sonne
cli-call-talking = en cours
cli-call-answered = pris
cli-call-answered-on = pris sur la ligne { $line }
# $line: the account’s id
cli-call-line = ligne { $line }
cli-call-missed-after = manqué, a sonné { $seconds } s
cli-call-missed = manqué
cli-call-no-answer = sans réponse
cli-call-unknown = issue inconnue
cli-calls-time = Cette date n’est pas lisible. Écrivez-la comme 2026-11-24 ou 2026-11-24T08:00:00Z.
cli-calls-period = Aucun appel ne peut s’y trouver : --from n’est pas avant --until. Échangez les deux, ou corrigez l’un d’eux.
# $command: the command that the first word of a search may have been meant for
cli-command-meant = Ces mots ont été cherchés, et rien d’autre n’a été fait. Vouliez-vous dire « { $command } » ?
cli-file-name = Le nom de ce fichier ne peut pas être transmis à l’application. Renommez-le, puis recommencez.
cli-calls-written = Appels écrits : { $count }
cli-calls-none = Aucun appel.
cli-calls-hole-open = non connecté depuis { $from }
cli-calls-hole-awaited = non connecté de { $from } à { $until } : pas encore rattrapé
cli-calls-hole-filled = non connecté de { $from } à { $until } : rattrapé
cli-calls-hole-gap = non connecté de { $from } à { $until } : des appels peuvent manquer
cli-contacts-none = Aucun contact.
cli-contacts-more = Les { $count } premiers contacts ; il y en a d’autres. Ajoutez des mots, ou écrivez-les tous dans un fichier avec « contacts export ».
cli-calls-export-ending = Rien n’a été écrit : la fin du nom de { $file } dit ce qu’il doit être. Nommez-le .csv, .json ou .ics.
cli-contacts-export-ending = Rien n’a été écrit : la fin du nom de { $file } dit ce qu’il doit être. Nommez-le .vcf ou .csv, ou ajoutez --csv pour un tableau.
cli-file-exists = Rien n’a été écrit : { $file } existe déjà. Choisissez un autre nom, ou ajoutez --replace pour le remplacer.
cli-contacts-written = Contacts écrits : { $count }
cli-contacts-preview = { $file } ({ $format }) : { $added } à ajouter, { $updated } à modifier, { $rejected ->
    [one] { $rejected } illisible
   *[other] { $rejected } illisibles
}
cli-contacts-yes = Rien n’a été importé. Ajoutez --yes pour importer ces contacts.
cli-contacts-imported = Contacts ajoutés : { $added } ; modifiés : { $updated }
cli-contacts-others = et { $count } de plus
cli-contacts-remarks = Repris, mais à vérifier :
cli-contacts-reading = Lecture du fichier… { $percent } %
cli-contacts-writing = Import en cours… { $done } sur { $total }
cli-contacts-stopping = Arrêt…
cli-contacts-too-late = L’import était déjà fait quand vous l’avez arrêté. Annulez-le avec « centrex-tray contacts undo ».
cli-contacts-not-awaited = Arrêt sans attendre que l’application dise si l’import est terminé. Cherchez ses contacts, et s’ils sont là, annulez-le avec « centrex-tray contacts undo ».
cli-contacts-undone = L’import de { $file }, fait le { $at }, a été annulé. Contacts supprimés : { $removed } ; remis dans leur état d’avant : { $restored }
cli-contacts-undone-kept = Modifiés depuis, et laissés comme ils sont : { $count }
cli-contacts-delete-all = Vos propres contacts, saisis et importés : { $count }. Ceux d’un dossier surveillé ou d’un carnet sur un serveur restent.
cli-contacts-delete-yes = Rien n’a été supprimé. Ajoutez --yes pour les supprimer pour de bon ; exportez-les d’abord si vous voulez pouvoir les reprendre.
cli-contacts-deleted = Contacts supprimés : { $count }

## Why the hotkey doesn't work; told in the window too. $keys: Ctrl+Alt+D; $why: the system's words

hotkey-taken = Un autre programme a pris { $keys } : ces touches ne font rien ici. Choisissez-en d’autres dans les paramètres.
hotkey-not-on-keyboard = Ce clavier n’a pas de touche pour { $keys } : ce raccourci ne fait rien ici. Choisissez-en un autre dans les paramètres.
hotkey-wayland = Sous Wayland, les programmes ne reçoivent pas les touches frappées ailleurs. Dans les réglages du clavier de votre bureau, associez un raccourci à la commande : centrex-tray dial --selection
hotkey-no-display = L’affichage n’est pas utilisable ({ $why }) : le raccourci ne fait rien. Redémarrez l’application dans votre session.
hotkey-not-here = Il n’y a pas encore de raccourci sur ce système : copiez le numéro, puis collez-le dans Composer.
