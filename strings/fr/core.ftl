# What the companion says: tray, notifications, the call card, numbers, connection, keychain, settings and journal files.
# The same ids and arguments stand in strings/en/core.ftl. Arguments are plain text, ready to show.

app-name = Centrex Tray

## Tray

tray-live = Connecté, les appels sont annoncés
tray-connecting = Connexion au relais…
tray-down = Non connecté au relais, les appels ne sont pas annoncés
tray-refused = Accès refusé par le relais, les appels ne sont pas annoncés
tray-direct = Mode direct, les appels reçus ne sont pas annoncés
tray-unset = À configurer dans les paramètres
# $party: the other party as shown
tray-ringing = Appel de { $party }
tray-ringing-withheld = Appel masqué
tray-calling = Appel vers { $party }
tray-calling-withheld = Appel vers un numéro inconnu
tray-talking = En communication avec { $party }
tray-talking-withheld = En communication, numéro masqué
# An incoming call that somebody took: where it rings on several phones, nobody tells on which
tray-answered = Appel de { $party }, pris
tray-answered-withheld = Appel masqué, pris
# $count: how many further calls
tray-more =
    { $count ->
        [one] et 1 autre appel
       *[other] et { $count } autres appels
    }
# 500: as many are counted
tray-missed =
    { $count ->
        [one] 1 appel manqué
        [500] 500 appels manqués ou plus
       *[other] { $count } appels manqués
    }
tray-menu-pad = Composer un numéro…
tray-menu-calls = Appels
tray-menu-calls-missed =
    { $count ->
        [one] Appels (1 manqué)
        [500] Appels (500 manqués ou plus)
       *[other] Appels ({ $count } manqués)
    }
tray-menu-callers = Derniers appelants
tray-menu-settings = Paramètres
tray-menu-quit = Quitter

## Notifications

note-incoming = Appel de { $party }
note-incoming-withheld = Appel masqué
note-missed = Appel manqué de { $party }
note-missed-withheld = Appel manqué, numéro masqué
note-missed-many =
    { $count ->
        [one] 1 appel manqué
       *[other] { $count } appels manqués
    }
note-incoming-discreet = Appel entrant
note-missed-discreet = Appel manqué
note-placed = Appel vers { $party }
note-placed-withheld = Appel vers un numéro inconnu
note-placed-discreet = Appel sortant
# Missed while nobody was there to be told
note-missed-absent =
    { $count ->
        [one] 1 appel manqué pendant votre absence
       *[other] { $count } appels manqués pendant votre absence
    }
# $count: callers that aren't named
note-more =
    { $count ->
        [one] et 1 autre
       *[other] et { $count } autres
    }
# $line: the own number that was called
note-line = Ligne appelée : { $line }
note-open = Afficher
note-call-back = Rappeler
note-copy = Copier le numéro
note-open-record = Ouvrir la fiche
note-silence = Ne plus alerter
# $party: whom the number belongs to, or the number itself
note-silenced = { $party } ne vous alertera plus
note-silenced-discreet = Ce numéro ne vous alertera plus
note-silenced-where = Ses appels restent dans la liste. Pour y revenir plus tard : Paramètres, Alertes.
note-unsilence = Annuler
note-call-back-failed = Rappel impossible
note-record-failed = Fiche non ouverte
note-silence-failed = Plus d’alerte pour ce numéro, mais pour l’instant seulement

## Parties

party-withheld = Numéro masqué
party-unknown = Numéro inconnu
party-ambiguous = Plusieurs contacts ont ce numéro
# $source: where the name comes from; $date: since when
party-why = D’après { $source }, depuis le { $date }
party-several = Plusieurs personnes ont ce numéro dans { $source } : aucune n’est nommée

## The call card. $number: as shown

dial-repeat = Vous venez d’appeler le { $number }. L’appeler une seconde fois ?
dial-busy = Un autre appel est en train d’être demandé. Attendez qu’il soit lancé, puis recommencez.
dial-asking = Demande d’appel en cours…
dial-pick-up = Décrochez votre téléphone : l’appel vers le { $number } part ensuite.
dial-pick-up-unheard = Décrochez votre téléphone : l’appel vers le { $number } part ensuite. Sans relais connecté, la suite ne s’affiche pas ici.
dial-calling = Appel vers le { $number }. Si votre téléphone sonne encore, décrochez-le.
dial-talking = En communication avec le { $number }.
dial-ended = Appel terminé.
dial-ended-no-answer = Appel terminé sans réponse.
dial-ended-unknown = Appel terminé, ou plus aucune nouvelle : la plateforme n’a pas dit comment il a fini.
dial-ended-unseen = L’appel vers le { $number } a été transmis à la plateforme. Sans relais connecté, la suite n’est pas connue ici.

## Why a call wasn't placed. $rang: yes when a phone may have rung all the same, else no

dial-failed-wrong-key = La plateforme a refusé le secret d’accès (clé d’API ou mot de passe) : l’appel n’est pas parti. Corrigez-le dans les paramètres, ou demandez à votre administrateur.
dial-failed-forbidden = La plateforme refuse les demandes de cette adresse ou pour ce compte : l’appel n’est pas parti. Demandez à votre administrateur de les faire autoriser par l’opérateur.
dial-failed-rate-limited = La plateforme reçoit trop de demandes d’appel : celui-ci n’est pas parti. Attendez une minute, puis recommencez.
dial-failed-no-callback = La plateforme n’a pas d’adresse de callback pour ce compte et refuse donc l’appel. Demandez à votre administrateur de la déclarer depuis le relais.
dial-failed-unreachable =
    { $rang ->
        [yes] La liaison avec la plateforme s’est coupée pendant la demande. Votre téléphone va peut-être sonner : attendez un instant avant de recommencer.
       *[no] La plateforme est injoignable : aucun téléphone n’a sonné. Vérifiez votre connexion à Internet, puis recommencez.
    }
dial-failed-tls = La connexion chiffrée avec la plateforme a échoué, son certificat n’est pas reconnu : l’appel n’est pas parti. Vérifiez la date de cet ordinateur et l’adresse de la plateforme dans les paramètres, ou prévenez votre administrateur.
dial-failed-timeout =
    { $rang ->
        [yes] La plateforme n’a pas répondu à temps. L’appel est peut-être parti : si votre téléphone sonne, décrochez-le ; sinon, recommencez dans un instant.
       *[no] La plateforme n’a pas répondu à temps : aucun téléphone n’a sonné. Recommencez.
    }
dial-failed-platform =
    { $rang ->
        [yes] La plateforme a répondu par une erreur. L’appel est peut-être parti quand même : attendez un instant avant de recommencer.
       *[no] La plateforme a répondu par une erreur : l’appel n’est pas parti. Recommencez, et prévenez votre administrateur si cela persiste.
    }
dial-failed-wrong-key-by-relay = La plateforme refuse la clé du relais de votre entreprise : l’appel n’est pas parti. Prévenez votre administrateur, ou composez le numéro sur votre téléphone.
dial-failed-forbidden-by-relay = La plateforme refuse les demandes du relais de votre entreprise, ou celles pour ce compte : l’appel n’est pas parti. Prévenez votre administrateur, ou composez le numéro sur votre téléphone.
dial-failed-unreachable-by-relay =
    { $rang ->
        [yes] La liaison entre le relais de votre entreprise et la plateforme s’est coupée pendant la demande. Votre téléphone va peut-être sonner : attendez un instant avant de recommencer.
       *[no] Le relais de votre entreprise n’a pas pu joindre la plateforme : aucun téléphone n’a sonné. Prévenez votre administrateur, ou composez le numéro sur votre téléphone.
    }
dial-failed-tls-by-relay = Le relais de votre entreprise n’a pas pu établir de connexion chiffrée avec la plateforme : l’appel n’est pas parti. Prévenez votre administrateur, ou composez le numéro sur votre téléphone.
dial-failed-timeout-by-relay =
    { $rang ->
        [yes] Le relais de votre entreprise n’a pas eu de réponse à temps. L’appel est peut-être parti : si votre téléphone sonne, décrochez-le ; sinon, recommencez dans un instant.
       *[no] Le relais de votre entreprise n’a pas eu de réponse à temps : aucun téléphone n’a sonné. Recommencez ; si cela persiste, prévenez votre administrateur.
    }
dial-failed-platform-by-relay =
    { $rang ->
        [yes] Le relais de votre entreprise ou la plateforme a répondu par une erreur. L’appel est peut-être parti quand même : attendez un instant avant de recommencer.
       *[no] Le relais de votre entreprise ou la plateforme a répondu par une erreur : l’appel n’est pas parti. Prévenez votre administrateur, ou composez le numéro sur votre téléphone.
    }
dial-failed-relay-unreachable =
    { $rang ->
        [yes] La liaison avec le relais s’est coupée pendant la demande. L’appel est peut-être parti : attendez un instant avant de recommencer.
       *[no] Le relais de votre entreprise est injoignable : l’appel n’est pas parti. Vérifiez votre connexion au réseau, ou composez le numéro sur votre téléphone.
    }
dial-failed-relay-refused = Le relais n’accepte plus cet ordinateur : l’appel n’est pas parti. Demandez un nouveau code d’inscription à votre administrateur.
dial-failed-relay-cannot-dial = Le relais annonce les appels mais ne peut pas en lancer pour cet ordinateur. Composez le numéro sur votre téléphone, ou demandez à votre administrateur de l’autoriser.
dial-failed-number-refused = Le relais n’appelle pas ce numéro. Composez-le sur votre téléphone.
dial-failed-rule-refused = Votre entreprise n’autorise pas l’appel de ce numéro depuis l’ordinateur : l’appel n’est pas parti. Demandez à votre administrateur, ou composez-le sur votre téléphone.
dial-failed-to-confirm = Votre entreprise demande une confirmation avant d’appeler ce numéro : l’appel n’est pas parti. Recommencez dans Composer.
dial-failed-too-many-calls = Votre entreprise limite le nombre d’appels par minute et par ligne : celui-ci n’est pas parti. Attendez une minute, puis recommencez.
dial-failed-too-many-requests = Le relais a reçu trop de demandes de cet ordinateur ou de son réseau : l’appel n’est pas parti. Attendez une minute, puis recommencez ; si cela persiste, prévenez votre administrateur.
dial-company-asks = Votre entreprise demande une confirmation avant d’appeler le { $number }. L’appeler ?
dial-failed-keychain-no-service = Le secret pour appeler est dans le trousseau, mais aucun trousseau n’est ouvert dans cette session : l’appel n’est pas parti. Démarrez le trousseau du système, puis recommencez.
dial-failed-keychain-locked = Le secret pour appeler est dans le trousseau, qui est verrouillé : l’appel n’est pas parti. Déverrouillez le trousseau, puis recommencez.
dial-failed-keychain-no-answer = Le secret pour appeler est dans le trousseau, qui ne répond pas : l’appel n’est pas parti. Recommencez ; si cela persiste, fermez puis rouvrez votre session.
dial-failed-keychain-failed = Le trousseau a refusé de donner le secret pour appeler : l’appel n’est pas parti. Enregistrez-le de nouveau dans les paramètres.
dial-failed-no-credential = Le secret pour appeler n’a pas encore été enregistré : l’appel n’est pas parti. Enregistrez-le dans les paramètres.
dial-failed-not-enrolled = Cet ordinateur n’est pas encore inscrit auprès du relais : l’appel n’est pas parti. Saisissez un code d’inscription dans les paramètres.
dial-failed-not-configured = Rien n’est encore configuré pour appeler. Ouvrez les paramètres et choisissez le relais de votre entreprise ou le mode direct.
dial-failed-other-platform = Le secret pour appeler a été donné pour une autre adresse de la plateforme : il n’a pas été envoyé, et l’appel n’est pas parti. Donnez-le de nouveau dans les paramètres, ou remettez l’ancienne adresse.
dial-failed-nothing-rang = La plateforme a accepté l’appel, mais n’en a plus rien dit. Votre téléphone n’a pas sonné, ou n’a pas été décroché. Vérifiez qu’il est branché, puis recommencez.

## Why no call could be placed now, though nobody wanted to yet

cannot-dial-relay-unreachable = Le relais de votre entreprise est injoignable : aucun appel ne peut partir d’ici. Un nouvel essai suit ; vérifiez votre connexion au réseau.
cannot-dial-relay-refused = Le relais n’accepte plus cet ordinateur : aucun appel ne peut partir d’ici. Demandez un nouveau code d’inscription à votre administrateur.
cannot-dial-keychain-no-service = Le secret pour appeler est dans le trousseau, mais aucun trousseau n’est ouvert dans cette session : aucun appel ne peut partir d’ici. Démarrez le trousseau du système.
cannot-dial-keychain-locked = Le secret pour appeler est dans le trousseau, qui est verrouillé : aucun appel ne peut partir d’ici. Déverrouillez le trousseau.
cannot-dial-keychain-no-answer = Le secret pour appeler est dans le trousseau, qui ne répond pas : aucun appel ne peut partir d’ici. Un nouvel essai suit ; si cela persiste, fermez puis rouvrez votre session.
cannot-dial-keychain-failed = Le trousseau a refusé de donner le secret pour appeler : aucun appel ne peut partir d’ici. Enregistrez-le de nouveau dans les paramètres.
cannot-dial-no-credential = Le secret pour appeler n’a pas encore été enregistré : aucun appel ne peut partir d’ici. Enregistrez-le dans les paramètres.
cannot-dial-other-platform = Le secret pour appeler a été donné pour une autre adresse de la plateforme et n’est pas envoyé à celle-ci : aucun appel ne peut partir d’ici. Donnez-le de nouveau dans les paramètres, ou remettez l’ancienne adresse.
cannot-dial-not-enrolled = Cet ordinateur n’est pas encore inscrit auprès du relais : aucun appel ne peut partir d’ici. Saisissez un code d’inscription dans les paramètres.

## What a typed text means

number-will-dial = Composera le { $number }
number-will-dial-extension = Composera le { $number } ; demandez ensuite le poste { $extension }
number-will-dial-inside = Composera le poste { $extension }, { $number }
number-choose = Plusieurs numéros dans ce texte : choisissez celui à appeler.
number-confirm-premium = Le { $number } est surtaxé, jusqu’à 0,80 € la minute ou 3 € l’appel en France. L’appeler quand même ?
number-confirm-lost-zero-or-country-code = Il manque le 0 du début, ou l’indicatif d’un pays. Appeler le { $number } ?
number-confirm-lost-zero = Il manque le 0 du début. Appeler le { $number } ?
number-confirm-not-in-plan = Le { $number } n’est dans aucune tranche connue. L’appeler quand même ?
number-confirm-letters-as-digits = Les lettres ont été lues comme les touches du téléphone. Appeler le { $number } ?
number-confirm-fax = Le { $number } est indiqué comme un fax. L’appeler quand même ?
number-refused-empty = Aucun numéro n’a été saisi. Saisissez le numéro à appeler.
# $digits: how many there are; $expected: how many there should be
number-refused-too-short =
    { $digits ->
        [one] 1 chiffre seulement, il en faut { $expected } : complétez le numéro.
       *[other] { $digits } chiffres seulement, il en faut { $expected } : complétez le numéro.
    }
number-refused-too-short-open = Il manque des chiffres : complétez le numéro.
number-refused-too-long = { $digits } chiffres, il en faut { $expected } : vérifiez le numéro.
number-refused-too-long-open = Il y a trop de chiffres : vérifiez le numéro.
number-refused-letters = Ce texte contient des lettres à la place de chiffres : saisissez le numéro en chiffres.
number-refused-service-code = C’est un code de service : il changerait les réglages de la ligne au lieu d’appeler. Composez-le sur votre téléphone.
number-refused-missing-prefix = C’est sans doute un numéro étranger : ajoutez + ou 00 devant.
number-refused-unknown-country = Aucun pays n’a cet indicatif : vérifiez le début du numéro.
number-refused-not-a-number = Ce n’est pas un numéro de téléphone : vérifiez ce qui est saisi.
number-refused-sip-address = C’est une adresse SIP sans numéro : saisissez le numéro de téléphone.
number-refused-too-much-text = Ce texte est trop long pour y chercher un numéro : ne collez que le numéro.
number-refused-emergency = C’est un numéro d’urgence. Composez-le sur votre téléphone : lui seul indique aux secours où vous êtes.
number-refused-short-number = C’est un numéro court, que la plateforme ne sait pas appeler. Composez-le sur votre téléphone.
number-refused-directory = C’est un service de renseignements, au prix libre, que la plateforme ne sait pas appeler. Composez-le sur votre téléphone.
number-refused-extension = C’est un poste interne, que la plateforme ne sait pas appeler d’ici. Composez-le sur votre téléphone.
number-refused-machine = C’est le numéro d’une machine, personne n’y répond : vérifiez le numéro.
number-refused-special-service = Ce numéro en 08 est réservé à des services de données : il n’est pas appelé d’ici. Vérifiez le numéro.
number-refused-satellite = C’est un numéro satellite ou spécial, au prix très élevé : il n’est pas appelé d’ici. Composez-le sur votre téléphone si vous y tenez.

## What is known about a number

about-probable-canvassing = Démarchage probable
about-country-code = Étranger (+{ $code })
about-free = Numéro gratuit
about-shared-cost = Numéro surtaxé, jusqu’à 0,20 € la minute ou 0,50 € l’appel
about-premium = Numéro surtaxé, jusqu’à 0,80 € la minute ou 3 € l’appel
about-special-service = Service spécial en 08
about-platform = Plateforme de mise en relation (livraison, chauffeur)
about-machine = Machine
about-satellite = Satellite ou service international spécial
about-emergency = Numéro d’urgence
about-short-number = Numéro court
about-directory = Renseignements, prix libre
about-extension = Poste interne
about-territory-guadeloupe = Guadeloupe, Saint-Martin, Saint-Barthélemy
about-territory-french-guiana = Guyane
about-territory-martinique = Martinique
about-territory-reunion = La Réunion
about-territory-mayotte = Mayotte
about-territory-saint-pierre-miquelon = Saint-Pierre-et-Miquelon
about-territory-wallis-futuna = Wallis-et-Futuna
about-territory-new-caledonia = Nouvelle-Calédonie
about-territory-french-polynesia = Polynésie française

## The connection to the relay

link-none = Rien n’est encore configuré : ni alerte, ni appel. Choisissez le relais de votre entreprise ou le mode direct dans les paramètres.
link-direct = Mode direct : vous pouvez appeler, mais les appels reçus ne sont pas annoncés. Pour les alertes, il faut un relais.
link-connecting = Connexion au relais en cours : les appels ne sont pas encore annoncés.
link-live = Connecté au relais : les appels sont annoncés.
link-refused = Le relais n’accepte plus cet ordinateur : les appels ne sont pas annoncés. Demandez un nouveau code d’inscription à votre administrateur.
link-down-unreachable = Le relais est injoignable : les appels ne sont pas annoncés. De nouveaux essais suivent tout seuls ; vérifiez votre connexion au réseau et l’adresse du relais.
link-down-tls = La connexion chiffrée avec le relais a échoué, son certificat n’est pas reconnu : les appels ne sont pas annoncés. Vérifiez l’adresse du relais, ou prévenez votre administrateur.
link-down-lost = La connexion au relais est perdue : les appels ne sont pas annoncés. De nouveaux essais suivent tout seuls, et ce qui a été manqué sera rattrapé.
link-down-not-a-relay = Ce qui répond à cette adresse n’est pas un relais : les appels ne sont pas annoncés. Vérifiez l’adresse du relais dans les paramètres.
link-down-busy = Le relais est surchargé ou redémarre : les appels ne sont pas annoncés pour l’instant. De nouveaux essais suivent tout seuls.
link-down-no-token = Cet ordinateur n’a pas de jeton pour le relais : les appels ne sont pas annoncés. Saisissez un code d’inscription dans les paramètres.
link-down-other-relay = L’adresse du relais n’est plus celle auprès de laquelle cet ordinateur est inscrit : le jeton n’est pas envoyé et les appels ne sont pas annoncés. Saisissez dans les paramètres un code d’inscription de ce relais, ou rétablissez l’ancienne adresse.

## The keychain

keychain-no-service = Aucun trousseau n’est ouvert dans cette session : les secrets ne peuvent être ni lus ni enregistrés. Démarrez le trousseau du système (par exemple GNOME Keyring ou KWallet).
keychain-locked = Le trousseau est verrouillé : les secrets ne peuvent être ni lus ni enregistrés. Déverrouillez-le ; un nouvel essai suit.
keychain-no-answer = Le trousseau ne répond pas : les secrets ne peuvent être ni lus ni enregistrés. Un nouvel essai suit ; si cela persiste, fermez puis rouvrez votre session.
keychain-failed = Le trousseau a répondu par une erreur : les secrets ne peuvent être ni lus ni enregistrés. Ouvrez le gestionnaire de mots de passe du système pour voir ce qui ne va pas.

## The settings' files. $file: path, $line: line number, $key: name in the file, $form: its values, $others: further names with their lines, or none

settings-broken = Le fichier { $file } ne peut pas être lu, erreur à la ligne { $line }. Les réglages par défaut sont utilisés et le fichier reste tel quel : corrigez cette ligne, ou supprimez le fichier.
settings-broken-kept = Le fichier { $file } ne peut plus être lu, erreur à la ligne { $line }. Les réglages d’avant restent en vigueur et le fichier reste tel quel : corrigez cette ligne.
settings-unreadable-kept = Le fichier { $file } ne peut plus être ouvert. Les réglages d’avant restent en vigueur : vérifiez ses droits d’accès.
settings-unfit-kept = Le fichier { $file } n’est plus un fichier ordinaire, ou dépasse désormais 1 Mio : il n’est pas lu. Les réglages d’avant restent en vigueur : remettez à sa place un fichier ordinaire, plus petit.
settings-value =
    Ligne { $line } de { $file } : la valeur de { $key } n’est pas utilisable. Attendu : { $form }. Le réglage par défaut est utilisé et le fichier reste tel quel : corrigez cette ligne.{ $others ->
        [none] {""}
       *[other] {" "}À corriger aussi : { $others }.
    }
settings-value-kept =
    Ligne { $line } de { $file } : la valeur de { $key } n’est pas utilisable. Attendu : { $form }. Le réglage d’avant reste en vigueur et le fichier reste tel quel : corrigez cette ligne.{ $others ->
        [none] {""}
       *[other] {" "}À corriger aussi : { $others }.
    }
settings-unknown =
    Ligne { $line } de { $file } : le réglage { $key } n’existe pas, la ligne reste sans effet. Corrigez-la, ou supprimez-la.{ $others ->
        [none] {""}
       *[other] {" "}À corriger aussi : { $others }.
    }
settings-unknown-meant =
    Ligne { $line } de { $file } : le réglage { $key } n’existe pas, la ligne reste sans effet. Vouliez-vous écrire { $meant } ? Corrigez-la, ou supprimez-la.{ $others ->
        [none] {""}
       *[other] {" "}À corriger aussi : { $others }.
    }
settings-unreadable = Le fichier { $file } ne peut pas être ouvert. Les réglages par défaut sont utilisés : vérifiez ses droits d’accès.
settings-unfit = Le fichier { $file } n’est pas un fichier ordinaire, ou dépasse 1 Mio : il n’est pas lu. Les réglages par défaut sont utilisés : mettez à sa place un fichier ordinaire, plus petit.
settings-change-broken = Le réglage n’a pas été enregistré : le fichier { $file } contient une erreur à la ligne { $line }, et il n’est pas écrasé. Corrigez cette ligne, ou supprimez le fichier, puis recommencez.
settings-change-unreadable = Le réglage n’a pas été enregistré : le fichier { $file } ne peut pas être lu. Vérifiez ses droits d’accès, puis recommencez.
settings-change-unfit = Le réglage n’a pas été enregistré : le fichier { $file } n’est pas un fichier ordinaire, ou dépasse 1 Mio, et n’est pas lu. Mettez à sa place un fichier ordinaire, plus petit, puis recommencez.
settings-change-unwritable = Le réglage n’a pas été enregistré : le fichier { $file } ne peut pas être écrit. Vérifiez ses droits d’accès et la place sur le disque, puis recommencez.
settings-change-locked = Ce réglage ({ $key }) est fixé par votre entreprise et ne peut pas être changé ici. Adressez-vous à votre administrateur.
settings-change-company = Le réglage n’a pas été enregistré : le fichier de votre entreprise, { $file }, ne peut pas être lu, et l’on ne sait donc pas ce qu’il fixe. Les réglages d’avant restent en vigueur. Prévenez votre administrateur, puis recommencez.
settings-change-url = Ce n’est pas une adresse utilisable. Saisissez-la en entier, par exemple https://relais.example.
settings-change-url-insecure = Cette adresse n’est pas chiffrée : vos secrets pourraient être lus en chemin. Saisissez une adresse qui commence par https://.
settings-change-value = Cette valeur n’est pas utilisable pour { $key }. Choisissez-en une parmi celles proposées.
settings-silenced-full = { $count } numéros sont déjà sans alerte, et la liste n’en retient pas davantage : celui-ci n’y a pas été mis. Retirez-en de la liste, dans les paramètres, puis recommencez.
settings-pop-address = Ce n’est pas une adresse de fiche utilisable. Saisissez-la en entier, sans espace, par exemple https://crm.example/clients.
# $known: what there is, in braces
settings-pop-placeholder = L’élément « { $name } » entre accolades n’existe pas : l’adresse n’a pas été enregistrée. Vous pouvez employer { $known }.
settings-pop-before-path = Un élément entre accolades se trouve avant le chemin de l’adresse : un appelant pourrait ainsi choisir le site ouvert. Placez-le après le nom du site.
settings-pop-scheme = Les adresses de fiche qui commencent par { $scheme } ne sont pas autorisées : aucune fiche ne s’ouvre. Employez https, ou demandez à votre administrateur de l’autoriser dans pop.schemes.
settings-pop-scheme-bad = « { $scheme } » ne peut pas être autorisé comme début d’adresse : rien n’a été enregistré. Écrivez un nom de protocole comme crm ; ceux qui exécutent ou lisent quelque chose sur cet ordinateur sont exclus.
settings-pop-program = Ce n’est pas le chemin complet d’un programme : le réglage n’a pas été enregistré. Saisissez-le depuis la racine du disque.
settings-carddav-every = Un carnet est relu au bout de 5 à 1 440 minutes : le réglage n’a pas été enregistré. Saisissez 0 pour ne le lire qu’au démarrage et sur demande.
settings-carddav-books = Ces noms de carnets ne peuvent pas servir : le réglage n’a pas été enregistré. Il y en a 20 au plus, un par ligne.
settings-ldap-url = Ce n’est pas l’adresse d’un annuaire : le réglage n’a pas été enregistré. Écrivez-la comme ldaps://annuaire.example, sans utilisateur, mot de passe ni chemin.
# $number: what stands for the number, in braces
settings-ldap-filter = Ce filtre ne peut pas servir : le réglage n’a pas été enregistré. Il tient dans une paire de parenthèses et contient { $number }, par exemple (&(objectClass=person){ $number }).
settings-ldap-attributes = « { $name } » ne peut pas être demandé à un annuaire : le réglage n’a pas été enregistré. Un attribut s’écrit avec des lettres, des chiffres et des tirets, par exemple telephoneNumber ; il y en a 20 au plus.
settings-contacts-folder = Ce n’est pas le chemin complet d’un dossier : le réglage n’a pas été enregistré. Saisissez-le depuis la racine du disque.
settings-extensions = { $prefix } et { $length } chiffres de poste ne font pas ensemble un numéro de téléphone : les postes ne sont pas reconnus. Corrigez le début de vos numéros directs, ou le nombre de chiffres, dans les paramètres.
settings-extension-prefix = Ce n’est pas un début de numéro international : le réglage n’a pas été enregistré. Écrivez-le comme +3314268, sans les chiffres du poste.
settings-extension-length = Un numéro de poste a de 2 à 8 chiffres : le réglage n’a pas été enregistré. Saisissez 0 s’il n’y en a pas.
settings-outside-prefix = Un préfixe de sortie a quatre chiffres au plus : le réglage n’a pas été enregistré. Saisissez 0, par exemple, ou rien s’il n’y en a pas.

## The journal

journal-set-aside = Le journal d’appels était endommagé. Il a été mis de côté sous { $file } et un nouveau journal a été commencé ; ce qui peut en être lu y est repris, et les appels récents sont redemandés au relais.
journal-newer = Le journal d’appels vient d’une version plus récente du programme. Il reste tel quel et les appels ne sont pas conservés : mettez le programme à jour.
journal-unusable = Le journal d’appels ne peut pas être ouvert ou écrit. Les appels sont annoncés, mais attendent d’y être enregistrés. Vérifiez les droits d’accès et la place sur le disque : un nouvel essai se fait tout seul.
journal-full-unopened = Le disque est plein : le journal d’appels ne peut pas être ouvert. Les appels sont annoncés, mais attendent d’y être enregistrés. Libérez de la place ; ils le seront ensuite sans rien faire d’autre.
journal-full = Le disque est plein : les appels sont annoncés, mais attendent d’être enregistrés dans le journal. Libérez de la place ; ils le seront ensuite sans rien faire d’autre.
journal-export-failed = Le fichier n’a pas pu être écrit, et rien n’a été changé. Vérifiez les droits d’accès du dossier et la place sur le disque, ou choisissez un autre dossier.
journal-import-unreadable = Le fichier ne peut pas être lu jusqu’au bout : ce qui a été lu avant est repris. Vérifiez ses droits d’accès, puis recommencez ; rien ne sera repris deux fois.
journal-import-foreign = Ce fichier n’est pas un export complet du journal (lu jusqu’à la ligne { $line }) : ce qui a été lu avant est repris. Choisissez un fichier exporté en JSON, puis recommencez.
journal-import-newer = Cet export vient d’une version plus récente du programme : rien n’a été repris. Mettez le programme à jour, puis recommencez.

## Records of calls that don't open
# $scheme: of the record's address, as https
record-no-opener = La fiche de l’appel ne s’est pas ouverte : xdg-open manque sur cet ordinateur. Installez le paquet xdg-utils.
record-not-opened = La fiche de l’appel ne s’est pas ouverte : aucun programme n’ouvre les adresses « { $scheme } », ou il a échoué. Choisissez-en un dans les applications par défaut du système, ou corrigez l’adresse de la fiche dans les paramètres.
record-too-many = La fiche de l’appel ne s’est pas ouverte : trop d’autres sont en cours d’ouverture. Vérifiez que votre navigateur répond ; fermez-le s’il est bloqué.
# $program: its path
record-program-not-absolute = Le programme lancé pour les appels n’a pas démarré : { $program } n’est pas un chemin complet. Saisissez-le depuis la racine du disque dans les paramètres.
record-program-missing = Le programme lancé pour les appels n’a pas démarré : { $program } n’existe pas. Corrigez le chemin dans les paramètres, ou installez le programme.
record-program-not-a-program = Le programme lancé pour les appels n’a pas démarré : { $program } n’est pas un programme que vous pouvez exécuter. Vérifiez ses droits d’exécution, ou choisissez-en un autre dans les paramètres (sous Windows, pas un fichier .bat ni .cmd).
record-program-too-many = Le programme lancé pour les appels n’a pas démarré : trop d’exemplaires de { $program } tournent déjà. Terminez ceux qui sont bloqués.
record-program-refused = Le programme lancé pour les appels n’a pas démarré : le système a refusé de lancer { $program }. Fermez d’autres programmes, ou redémarrez l’ordinateur.

## The hotkey that fills the pad with what is selected

hotkey-no-modifier = Un raccourci demande Ctrl, Alt ou Super, pour qu’aucune touche ne manque quand vous écrivez : rien n’a été changé. Écrivez par exemple Ctrl+Alt+D.
hotkey-no-key = Un raccourci est une lettre, un chiffre ou une touche de fonction (F1 à F12) avec Ctrl, Alt ou Super : rien n’a été changé. Écrivez par exemple Ctrl+Alt+D.
