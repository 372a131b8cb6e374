import type { ProbeKind } from '../model/parts.ts'
import type { Suite } from '../model/suite.ts'
import type { ValuePath } from './yaml-source.ts'

/** A probe of a suite under the section it stands in. */
export interface NamedProbe {
  readonly name: string
  readonly kind: ProbeKind
  readonly path: ValuePath
  readonly spec: Readonly<Record<string, unknown>>
}

const sections = {
  requests: 'request',
  tokens: 'token',
  connections: 'connection',
  exports: 'export',
} as const

/** The sections of a suite with probes. */
export const probeSections = Object.keys(sections)

/** Every probe of a suite, in the order of its sections. */
export function probesOf(suite: Suite): readonly NamedProbe[] {
  return Object.entries(sections).flatMap(([section, kind]) =>
    Object.entries(suite[section as keyof typeof sections] ?? {}).map(([name, spec]) => ({
      name,
      kind,
      path: [section, name],
      spec: spec as Readonly<Record<string, unknown>>,
    })),
  )
}
