import type { RunResult } from '../../model/result.ts'
import { truncate } from '../visible-text.ts'
import { outcomeSentence } from '../headline.ts'
import { mainCauseText } from '../main-cause-text.ts'
import { diagnosticsStamp, settingFacts } from '../tested-setting.ts'
import type { XmlElement } from './xml.ts'

/** What holds for every suite of a run: its outcome, and what was tested and how. */
export function environmentProperties(result: RunResult): readonly XmlElement[] {
  const { target, harness, failOn, run, warnings } = result
  const cause = mainCauseText(result)
  const stamp = diagnosticsStamp(result)
  return [
    property('outcome', outcomeSentence(result)),
    ...(cause ? [property('cause', `${cause.title} ${cause.lead}`)] : []),
    property('ig.bulkdata', target.ig),
    property('target', target.fhirUrl || target.name),
    property('tool', harness),
    property('run', run),
    property('fail-on', failOn),
    ...settingFacts(result).map(({ id, value }) => property(id, value)),
    ...(stamp === undefined ? [] : [property('diagnostics', stamp)]),
    ...warnings.map((warning, index) => property(`warning.${index + 1}`, warning)),
  ]
}

/** A property with a name and a value. */
export function property(name: string, value: string): XmlElement {
  return { name: 'property', attributes: { name, value: truncate(value, 500) } }
}
