import type { Exchange } from '../../model/http/exchange.ts'
import type { ExportEvidence } from '../../model/evidence.ts'
import { prefersLenientHandling } from '../../model/http/prefer.ts'
import {
  combineJudgements,
  displayValue,
  neverArose,
  satisfied,
  undecided,
  violated,
} from '../../model/judgement.ts'
import { isJsonObject } from '../../model/json.ts'
import { type Check, type CheckContext, type ExchangeCheck, exchangeCheck } from '../check.ts'
import { noParams, objectParams } from '../params.ts'
import { bodyMember } from './response-body.ts'
import { manifestChecks } from './manifest.ts'
import { manifestConsistencyChecks, sharesJob } from './manifest-consistency.ts'

const itemsOf = (exchange: Exchange, list: string) => {
  const items = bodyMember(exchange, list)
  return (Array.isArray(items) ? items : []).filter(isJsonObject)
}

/** The values of a parameter of a kick-off request; `undefined` if it has none. */
function sentValues({ sent }: ExportEvidence, name: string): readonly string[] | undefined {
  const values = sent.parameters.flatMap(([key, value]) => (key === name ? value.split(',') : []))
  return values.length > 0 ? values.map((it) => it.trim()) : undefined
}

const typesAsRequested = exchangeCheck<true>({
  name: 'types-as-requested',
  states:
    'Each item of `output` has a type that `_type` of the kick-off request lists. Messages about the export and resources that includeAssociatedData requests do not count, nor do requests with lenient handling.',
  params: noParams,
  judge(exchange, _, { evidence }) {
    if (evidence.probe !== 'export') return neverArose('there is no kick-off request to compare with')
    const types = sentValues(evidence, '_type')
    if (!types || prefersLenientHandling(evidence.sent.headers))
      return neverArose('the kick-off request has no `_type`')
    const others = sentValues(evidence, 'includeAssociatedData') ? ['Provenance'] : []
    // A server may read a type in another case as the type that it resembles.
    const allowed = [...types, ...others, 'OperationOutcome'].map((it) => it.toLowerCase())
    const items = itemsOf(exchange, 'output')
    if (items.length === 0) return neverArose('the manifest lists no output files')
    const wrong = items.findIndex(
      ({ type }) => typeof type === 'string' && !allowed.includes(type.toLowerCase()),
    )
    if (wrong < 0) return satisfied
    const type = displayValue(items[wrong]?.type)
    return violated({
      message: `\`output\` of the manifest has an item of type ${type}, which was not requested.`,
      expected: types.join(' or '),
      actual: type,
      where: { exchange: exchange.number, part: { pointer: '/output' } },
    })
  },
})

const deletedAsRequested = exchangeCheck<true>({
  name: 'deleted-as-requested',
  states: '`deleted` lists files only if the kick-off request has `_since`.',
  params: noParams,
  judge(exchange, _, { evidence }) {
    if (evidence.probe !== 'export') return neverArose('there is no kick-off request to compare with')
    if (sentValues(evidence, '_since')) return neverArose('the kick-off request has `_since`')
    const items = itemsOf(exchange, 'deleted')
    if (items.length === 0) return satisfied
    return violated({
      message: '`deleted` of the manifest lists files although the kick-off request has no `_since`.',
      expected: 'no `deleted`, or an empty array',
      actual: `${items.length} files`,
      where: { exchange: exchange.number, part: { pointer: '/deleted' } },
    })
  },
})

const deletionsApart = exchangeCheck<true>({
  name: 'deletions-apart',
  states:
    'If an export without parameters has no Bundles in `output`, an export with `_since` has none either: they would be deletions, which belong under `deleted`.',
  params: noParams,
  judge(exchange, _, context) {
    const { evidence } = context
    if (evidence.probe !== 'export') return neverArose('there is no kick-off request to compare with')
    if (!sentValues(evidence, '_since')) return neverArose('the kick-off request has no `_since`')
    const whole = manifestsOf(context).filter(([, { sent }]) => sent.parameters.length === 0)
    if (whole.length === 0) return undecided('there is no export without parameters to compare with')
    const bundlesIn = (it: Exchange) => itemsOf(it, 'output').filter(({ type }) => type === 'Bundle').length
    const found = bundlesIn(exchange)
    if (found === 0 || whole.some(([it]) => bundlesIn(it) > 0)) return satisfied
    return violated({
      message: '`output` of the manifest lists Bundles, which only exports with `_since` contain.',
      expected: 'deletions under `deleted`',
      actual: `${found} files of type Bundle`,
      where: { exchange: exchange.number, part: { pointer: '/output' } },
    })
  },
})

const byItself: readonly Check[] = [
  ...manifestChecks,
  ...manifestConsistencyChecks.filter(
    ({ name }) => name !== 'same-manifest' && name !== 'another-polling-location',
  ),
  typesAsRequested,
  deletedAsRequested,
  deletionsApart,
]

/** The exports at one level whose jobs brought a manifest, each job once. */
function manifestsOf({ evidence, exports }: CheckContext): readonly (readonly [Exchange, ExportEvidence])[] {
  if (evidence.probe !== 'export') return []
  const found: (readonly [Exchange, ExportEvidence])[] = []
  for (const it of [evidence, ...exports]) {
    if (it.sent.level !== evidence.sent.level || found.some(([, known]) => sharesJob(known, it))) continue
    // Organized output has other items.
    if (it !== evidence && sentValues(it, 'organizeOutputBy')) continue
    const completion = 'completion' in it.export && it.export.state !== 'failed' && it.export.completion
    if (completion) found.push([completion, it])
  }
  return found
}

const everyManifest = exchangeCheck<Readonly<Record<string, unknown>>>({
  name: 'every-manifest',
  judgesEveryExport: true,
  states:
    'Every manifest of the run at the level of this export meets these checks. A manifest that a check cannot judge does not count if the check can judge another.',
  params: {
    ...objectParams(Object.fromEntries(byItself.map(({ name, params }) => [name, params])), []),
    minProperties: 1,
    description: 'Checks on a manifest, with their parameters.',
  },
  judge(exchange, params, context) {
    const found = manifestsOf(context)
    const { evidence } = context
    // What is no manifest is judged too: the checks say what it is.
    const own = evidence.probe === 'export' ? [[exchange, evidence] as const] : []
    const manifests = found.length > 0 ? found : own
    if (manifests.length === 0) return undecided('no export brought a manifest')
    return combineJudgements(
      Object.entries(params).map(([name, of]) => {
        const check = byItself.find((it) => it.name === name) as ExchangeCheck<unknown>
        const judged = manifests.map(([manifest, of_]) =>
          check.judge(manifest, of, { ...context, evidence: of_ }),
        )
        const decided = judged.filter((it) => it.is !== 'undecided')
        // If none can be judged, that of this export says why.
        return combineJudgements(decided.length > 0 ? decided : judged.slice(0, 1))
      }),
    )
  },
})

/** Checks on manifests in the light of what was requested, and on all manifests of a run. */
export const everyManifestChecks: readonly Check[] = [
  typesAsRequested,
  deletedAsRequested,
  deletionsApart,
  everyManifest,
]
