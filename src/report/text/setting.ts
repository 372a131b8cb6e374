import type { RunResult } from '../../model/result.ts'
import { visible } from '../visible-text.ts'
import { joinList } from '../standings.ts'
import { diagnosticsStamp, settingFacts } from '../tested-setting.ts'

/** What was tested and how, for terminals: two lines, or with `verbose` a line for each fact. */
export function settingLines(result: RunResult, verbose: boolean): readonly string[] {
  const facts = settingFacts(result)
  const stamp = diagnosticsStamp(result) ?? []
  if (verbose) return [...facts.map(({ name, value }) => visible(`${name}: ${value}`)), stamp].flat()
  const fact = (id: string) => facts.find((it) => it.id === id)?.value
  const { scope, tested = {} } = result
  const where = [
    ...(scope.levels.length > 0 ? [`${joinList(scope.levels)} export`] : []),
    ...(tested.groupId === undefined ? [] : [`Group ${tested.groupId}`]),
    ...(tested.authorization === undefined ? [] : [`authorization: ${fact('authorization')}`]),
    ...(tested.software ? [`software: ${fact('software')}`] : []),
    ...(tested.tokenEndpoint === undefined
      ? []
      : [`token endpoint, named by the server only: ${tested.tokenEndpoint}`]),
    ...(Math.abs(tested.clockAhead ?? 0) < notableSkewSeconds
      ? []
      : [`clock of the server: ${fact('clock')}`]),
    ...(tested.packages ? [`packages: ${fact('packages')}`] : []),
    ...(tested.knownFailing === undefined ? [] : [`known failures: ${tested.knownFailing}`]),
  ]
  const lines = [...(where.length > 0 ? [`tested ${where.join('; ')}`] : []), ...featureLine(result)]
  return [...lines.map(visible), stamp].flat()
}

/** A client assertion is valid for minutes. */
const notableSkewSeconds = 60

const sourceNames = {
  claimed: 'claimed',
  mandatory: 'required by the release',
  declared: 'declared',
  effect: 'accepted, and the data shows its effect',
} as const

function featureLine({ tested = {} }: RunResult): readonly string[] {
  const { features } = tested
  if (!features) return []
  const offered = Object.entries(sourceNames).flatMap(([learned, text]) => {
    const names = features.filter((it) => it.learned === learned).map((it) => it.name)
    return names.length > 0 ? [`${names.join(', ')} (${text})`] : []
  })
  return [`features: ${offered.length > 0 ? offered.join('; ') : 'none'}`]
}
