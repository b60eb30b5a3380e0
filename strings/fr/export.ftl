# Words in files that calls are exported to: CSV columns and cells, titles of calendar events.

export-started = Début
export-talked-from = Conversation depuis
export-ended = Fin
export-talked-seconds = Durée (s)
export-direction = Sens
export-outcome = Issue
export-number = Numéro
export-number-international = Numéro international
export-name = Nom
export-company = Société
export-line = Ligne
export-note = Note
export-call-back = Rappel
export-incoming = entrant
export-outgoing = sortant
export-ringing = sonne
export-talking = en cours
export-answered = pris
export-missed = manqué
export-no-answer = sans réponse
export-unknown = inconnue
export-call-back-wanted = à rappeler
export-call-back-settled = réglé
export-summary-missed = Appel manqué : { $party }
export-summary-incoming = Appel de { $party }
export-summary-outgoing = Appel vers { $party }
