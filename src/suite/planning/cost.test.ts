import { expect, it } from 'vitest'
import { checks, picks } from '../../checks/registry.ts'
import { claimableFeatures, type ExportLevel, findableFeatures } from '../../model/target.ts'
import { loadBundled } from '../bundled.ts'
import { fixtureTarget } from '../fixtures/target.ts'
import { plan } from './plan.ts'

const loaded = await loadBundled({ checks, picks })

// An export takes a real server minutes: whoever adds one shares another, or has a reason to raise these numbers.
it.each<[ExportLevel, number, number]>([
  ['system', 18, 22],
  ['patient', 19, 23],
  ['group', 20, 24],
])(
  'at the level %s %d exports are performed to completion, %d with every feature that has to be claimed',
  (level, found, claimed) => {
    const count = (supports: typeof findableFeatures) =>
      plan(loaded, { ...fixtureTarget, levels: [level], groupId: '1', supports }).probes.filter(
        (it) => it.kind === 'export' && it.intent.upTo !== 'kickoff',
      ).length
    expect([count(findableFeatures), count(claimableFeatures)]).toEqual([found, claimed])
  },
)
