import { modernTls } from '../../conduct/tls.ts'
import type { Fault } from '../definition.ts'

const configuration = { tls: modernTls }

/** Violations of how a provider should be connected to. */
export const tlsFaults: readonly Fault[] = [
  {
    id: 'old-tls',
    breaks: 'tls.fhir-endpoint',
    // The provider has one host for everything.
    also: ['tls.token-endpoint', 'tls.status-endpoint', 'tls.file-endpoint'],
    configuration,
    conduct: { acceptsTls: () => true },
  },
  {
    id: 'plain-http',
    breaks: 'tls.no-plaintext',
    configuration,
    conduct: { answersPlainHttp: () => true },
  },
  {
    id: 'foreign-certificate',
    breaks: 'tls.certificate',
    configuration,
    conduct: { certificateName: () => 'elsewhere.example' },
  },
]
