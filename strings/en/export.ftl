# Words in files that calls are exported to: CSV columns and cells, titles of calendar events.

export-started = Start
export-talked-from = Talked from
export-ended = End
export-talked-seconds = Duration (s)
export-direction = Direction
export-outcome = Outcome
export-number = Number
export-number-international = International number
export-name = Name
export-company = Company
export-line = Line
export-note = Note
export-call-back = Call back
export-incoming = incoming
export-outgoing = outgoing
export-ringing = ringing
export-talking = talking
export-answered = answered
export-missed = missed
export-no-answer = no answer
export-unknown = unknown
export-call-back-wanted = to call back
export-call-back-settled = settled
export-summary-missed = Missed call: { $party }
export-summary-incoming = Call from { $party }
export-summary-outgoing = Call to { $party }
