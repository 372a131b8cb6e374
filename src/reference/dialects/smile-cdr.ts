import type { Dialect } from './definition.ts'
import { hapiConduct, hapiConfiguration } from './hapi.ts'

/** Smile CDR, as far as its code is HAPI's; its authorization server is closed, and keeps to the specification here. */
export const smileCdr: Dialect = {
  id: 'smile-cdr',
  system: 'Smile CDR, as HAPI FHIR 8.8.0 behind an authorization server',
  release: '2.0.0',
  configuration: hapiConfiguration,
  conduct: hapiConduct,
}
