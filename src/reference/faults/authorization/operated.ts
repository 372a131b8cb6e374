import { honestConduct } from '../../conduct/conduct.ts'
import { headerOf, withHeader } from '../../http-message.ts'
import { refusal } from '../../operation-outcome.ts'
import { type Fault, onAnswer } from '../definition.ts'

/** Faults of what only the operator of a server knows. */
export const operatedFaults: readonly Fault[] = [
  {
    id: 'denied-group-exported',
    breaks: 'security.group-business-rules',
    configuration: { deniedGroup: 'pediatrics' },
    conduct: { raisesProblem: ({ kind }) => kind !== 'group-denied' },
  },
  {
    id: 'group-of-practitioners-refused',
    breaks: 'export.kickoff.group.non-patient-members',
    configuration: { otherGroup: 'staff' },
    conduct: onAnswer('kickoff.accepted', (r, { kickoff }) =>
      kickoff?.group?.id === 'staff'
        ? refusal(400, { code: 'not-supported', diagnostics: 'The members of the Group are not patients.' })
        : r,
    ),
  },
  {
    id: 'only-ndjson',
    breaks: 'export.params.outputformat.others',
    configuration: { otherFormat: 'text/csv' },
    conduct: { acceptsFormat: (name) => honestConduct.acceptsFormat(name, undefined) },
  },
  {
    id: 'other-format-called-ndjson',
    breaks: 'export.files.content-type.matches',
    configuration: { otherFormat: 'text/csv' },
    conduct: onAnswer('file.served', (r) =>
      headerOf(r, 'content-type') === 'text/csv'
        ? withHeader(r, 'Content-Type', 'application/fhir+ndjson')
        : r,
    ),
  },
]
