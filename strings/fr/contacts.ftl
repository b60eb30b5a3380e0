# Contacts: labels, where names come from, why an entry or a file can't be read, how a source goes. The same ids and arguments stand in strings/en/contacts.ftl.

## Labels of numbers

contact-label-mobile = mobile
contact-label-work = bureau
contact-label-home = domicile
contact-label-main = standard
contact-label-fax = fax
contact-label-pager = radiomessagerie
contact-label-other = autre

## Where a name comes from, as part of "by …, since …". $name: file, folder or host

contact-source-own = vos contacts
contact-source-import = le fichier importé { $name }
contact-source-folder = le fichier { $name } du dossier surveillé
contact-source-carddav = le carnet du serveur { $name }
contact-source-ldap = l’annuaire de { $name }
contact-why-preview = Pas encore importé
contact-why-directory = D’après { $source }

## What a column of a table was taken for

contact-column-number-mobile = Mobile
contact-column-number-work = Téléphone professionnel
contact-column-number-home = Téléphone du domicile
contact-column-number-main = Standard
contact-column-number-fax = Fax
contact-column-number-pager = Radiomessagerie
contact-column-number-other = Téléphone
contact-column-number-label = Libellé du numéro
contact-column-full-name = Nom complet
contact-column-given = Prénom
contact-column-additional = Autres prénoms
contact-column-family = Nom
contact-column-prefix = Civilité
contact-column-suffix = Suffixe
contact-column-company = Société
contact-column-email = E-mail
contact-column-note = Note
contact-column-url = Site web
contact-column-uid = Identifiant

## Why an entry of a file can't be read

contact-rejected-blank = Ni nom, ni société, ni numéro, ni adresse
contact-rejected-too-large = Entrée trop grande pour un contact
contact-rejected-unterminated = L’entrée n’a pas de fin
contact-rejected-run-together = Deux entrées sans séparation
contact-rejected-outside-card = Texte en dehors d’une entrée
contact-rejected-group = Une liste de contacts, pas un contact
contact-rejected-unreadable = Entrée illisible
contact-rejected-open-quote = Un guillemet n’est pas refermé
contact-rejected-too-many-cells = Plus de cellules que d’en-têtes

## Ce qui est à vérifier dans une entrée qui est reprise. $number : tel qu’il est écrit

contact-remark-odd-number = « { $number } » ne se lit pas comme un seul numéro : il est gardé tel qu’il est écrit, et ses appels n’afficheront pas ce nom. Corrigez-le dans le contact.
contact-remark-cut-name = Le nom est trop long : la fin n’est pas reprise.
contact-remark-cut-company = Le nom de la société est trop long : la fin n’est pas reprise.
contact-remark-cut-number = Un numéro ou son libellé est trop long, ou il y en a plus de 50 : le reste n’est pas repris.
contact-remark-cut-email = Une adresse e-mail est trop longue, ou il y en a plus de 50 : le reste n’est pas repris.
contact-remark-cut-note = La note est trop longue : la fin n’est pas reprise.
contact-remark-cut-url = L’adresse du site web est trop longue : la fin n’est pas reprise.
contact-remark-cut-uid = L’identifiant est trop long et n’est pas repris : le contact est reconnu par son nom et ses numéros.

## Why contacts didn't do what they were asked. $why: the system's words

contacts-error-newer = Les contacts viennent d’une version plus récente du programme. Ils restent tels quels et ne sont pas utilisés : mettez le programme à jour.
contacts-error-unusable = Les contacts ne peuvent pas être lus ou écrits : rien n’a été changé. Vérifiez les droits d’accès et la place sur le disque, puis recommencez.
contacts-error-no-such-contact = Ce contact n’existe plus : il a été supprimé entre-temps. Relancez la recherche.
contacts-error-not-own = Ce contact vient d’un dossier surveillé ou d’un carnet sur un serveur : il ne se change pas ici. Changez-le là d’où il vient.
contacts-error-blank = Ce contact est vide : il n’a pas été enregistré. Donnez-lui au moins un nom, une société ou un numéro.
contacts-error-not-its-number = Ce contact n’a plus ce numéro : le choix n’a pas été enregistré. Relancez la recherche.
contacts-error-cancelled = L’import a été annulé : rien n’en a été gardé. Choisissez à nouveau le fichier pour recommencer.
contacts-error-no-such-import = Cet import ne peut plus être annulé : il l’a déjà été, ou d’autres l’ont suivi.
contacts-error-nothing-to-undo = Aucun import ne peut être annulé : il n’y en a pas eu, chacun des dix derniers l’a déjà été, ou tous vos contacts ont été supprimés depuis. Rien n’a été changé.
contacts-error-changed-nothing = Le dernier import n’avait rien changé : rien n’a été annulé. Pour annuler celui d’avant, recommencez.
contacts-error-not-a-source = Cette source ne peut pas être synchronisée : rien n’a été changé.
contacts-error-not-a-number = Ce n’est pas un numéro au format international : écrivez-le par exemple +33142685300.
contacts-file-too-large = Ce fichier est trop grand : il n’a pas été lu. Exportez moins de contacts à la fois, ou sans leurs photos.
contacts-file-too-many = Ce fichier contient trop de contacts : il n’a pas été lu. Un fichier est lu jusqu’à 200 000 contacts et un million de numéros : partagez-le en plusieurs.
contacts-file-too-wide = Ce tableau a plus de 500 colonnes : il n’a pas été lu. Gardez les colonnes des noms et des numéros, puis choisissez-le à nouveau.
contacts-file-empty = Ce fichier est vide : il n’y a rien à importer. Choisissez-en un autre.
contacts-file-not-contacts = Ce fichier n’est ni un fichier vCard ni un tableau CSV : il n’a pas été lu. Exportez vos contacts dans l’un de ces formats.
contacts-file-unknown-columns = Aucune colonne de ce tableau n’est reconnue : il n’a pas été lu. Donnez des en-têtes aux colonnes, par exemple Nom et Téléphone.
contacts-file-unreadable = Ce fichier ne peut pas être ouvert ({ $why }) : il n’a pas été lu. Vérifiez son nom et ses droits d’accès.
contacts-file-unwritable = Ce fichier ne peut pas être écrit ({ $why }) : rien n’a été exporté. Vérifiez les droits d’accès du dossier et la place sur le disque.
contacts-import-no-preview = Aucun fichier n’est prêt à être importé : choisissez-en un d’abord.

## How a source goes. $why: the system's words

contacts-folder-unreadable = Le dossier surveillé ne peut pas être lu ({ $why }) : ses contacts restent comme ils étaient. Vérifiez qu’il existe et que vous y avez accès.
# $count : combien, $name : le fichier de la première, $line : sa ligne
contacts-source-unreadable-cards = Entrées illisibles : { $count }, la première dans { $name }, ligne { $line }. Ces contacts manquent ici, les autres y sont. Corrigez-les là d’où ils viennent.
contacts-source-failed = Cette source n’a pas pu être lue : ses contacts restent comme ils étaient. Un nouvel essai suivra.
