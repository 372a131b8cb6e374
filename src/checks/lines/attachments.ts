import type { AttachmentSample } from '../../model/fhir/attachment.ts'
import type { Line } from '../../model/http/exchange.ts'
import { isAbsoluteUrl } from '../../model/http/url.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { neverArose } from '../../model/judgement.ts'
import { linesCheck, type LinesCheck } from '../check.ts'
import { eachLineCheck, type FindingText, type LineResult, type LineTally, resourceOn } from './tally.ts'

/** The element that holds the attachments of the types that have them most often. */
const attachmentElements: Readonly<Record<string, string>> = {
  DocumentReference: 'attachment',
  DiagnosticReport: 'presentedForm',
  Media: 'content',
  Communication: 'contentAttachment',
  Consent: 'sourceAttachment',
  QuestionnaireResponse: 'valueAttachment',
  Patient: 'photo',
  Practitioner: 'photo',
}

/** Text that is on each line of a type whose resource has an attachment; `undefined`: attachments of the type are not read. */
export function attachmentMark(type: string): string | undefined {
  const element = Object.hasOwn(attachmentElements, type) ? attachmentElements[type] : undefined
  return element === undefined ? undefined : `"${element}"`
}

const deepest = 40

function attachmentsIn(value: unknown, element: string, found: JsonObject[] = [], depth = 0): JsonObject[] {
  if (typeof value !== 'object' || value === null || depth > deepest) return found
  if (Array.isArray(value)) for (const it of value) attachmentsIn(it, element, found, depth + 1)
  else
    for (const [name, it] of Object.entries(value)) {
      if (name === element) found.push(...[it].flat().filter(isJsonObject))
      else attachmentsIn(it, element, found, depth + 1)
    }
  return found
}

function attachmentsOn(line: Line): readonly JsonObject[] {
  const resource = resourceOn(line)
  const type = resource?.resourceType
  const element =
    typeof type === 'string' && Object.hasOwn(attachmentElements, type) ? attachmentElements[type] : undefined
  return element === undefined ? [] : attachmentsIn(resource, element)
}

/** What an attachment has of an element: its value, or an extension that says why there is none. */
const has = (it: JsonObject, name: string) => it[name] !== undefined || it[`_${name}`] !== undefined

type Claim = 'content-type' | 'content' | 'absolute-url'

const claims: Readonly<Record<Claim, (it: JsonObject) => LineResult>> = {
  'content-type': (it) =>
    has(it, 'contentType')
      ? 'right'
      : wrong('An attachment has no contentType.', 'contentType', 'no contentType'),
  content: (it) =>
    has(it, 'data') || has(it, 'url')
      ? 'right'
      : wrong('An attachment has neither data nor url.', 'data or url', 'neither'),
  'absolute-url': ({ url }) => {
    if (url === undefined) return 'nothing'
    return isAbsoluteUrl(url) || (typeof url === 'string' && /^[a-z][a-z0-9+.-]*:./i.test(url))
      ? 'right'
      : wrong('The url of an attachment is not absolute.', 'an absolute URL', 'a string in another form')
  },
}

function wrong(message: string, expected: string, actual: string): FindingText {
  return { message, expected, actual }
}

/** Whether a stated hash is this one; padding and white space do not matter. */
export function isHashOf(stated: string, hash: string): boolean {
  const plain = (text: string) => text.replace(/[=\s]+/g, '')
  return plain(stated) === plain(hash)
}

const byLine = eachLineCheck<Claim>({
  name: 'attachments',
  states:
    'Every attachment of DocumentReference, DiagnosticReport, Media, Communication, Consent, QuestionnaireResponse, Patient and Practitioner has a contentType (`content-type`), has data or a url (`content`), or has an absolute url if it has one (`absolute-url`).',
  wants: 'attachments',
  params: { enum: Object.keys(claims), description: 'What each attachment has.' },
  nothing: neverArose('the exported resources have no such attachments'),
  resources: 'nothing',
  see(line, claim) {
    const results = attachmentsOn(line).map((it) => claims[claim](it))
    const findings = results.filter((it) => typeof it === 'object').flat() as readonly FindingText[]
    if (findings.length > 0) return findings
    return results.includes('right') ? 'right' : 'nothing'
  },
})

/** Attachments whose content is elsewhere are remembered, to retrieve one. */
interface AttachmentTally extends LineTally {
  samples: readonly AttachmentSample[]
}

const attachments = linesCheck<Claim, AttachmentTally>({
  ...byLine,
  empty: (claim) => ({ ...byLine.empty(claim), samples: [] }),
  line(to, line, claim) {
    byLine.line(to, line, claim)
    if (claim !== 'absolute-url') return
    const found = attachmentsOn(line).flatMap((it) => sampleOf(it, line))
    if (found.length > 0) to.samples = firstSamples([...to.samples, ...found])
  },
  merge(to, added) {
    byLine.merge(to, added)
    if (added.samples.length > 0) to.samples = firstSamples([...to.samples, ...added.samples])
    return to
  },
})

const mostSamples = 8

/** The attachments that come first in the order of files and lines. */
function firstSamples(all: readonly AttachmentSample[]): readonly AttachmentSample[] {
  return all.toSorted((a, b) => a.file - b.file || a.line - b.line).slice(0, mostSamples)
}

function sampleOf({ url, size, hash, contentType }: JsonObject, { file, number }: Line): AttachmentSample[] {
  if (!isAbsoluteUrl(url)) return []
  return [
    {
      ...{ file: file.number, line: number, url },
      ...(typeof size === 'number' ? { size } : {}),
      ...(typeof hash === 'string' ? { hash } : {}),
      ...(typeof contentType === 'string' ? { contentType } : {}),
    },
  ]
}

/** The attachments that a claim remembered, by what it tallied. */
export function samplesIn(tally: unknown): readonly AttachmentSample[] {
  return (tally as AttachmentTally | undefined)?.samples ?? []
}

/** The check and its parameter whose tally `samplesIn` reads. */
export const samplingCheck = { name: byLine.name, params: 'absolute-url' } as const

/** Checks on the attachments of resources. */
export const attachmentChecks: readonly LinesCheck<never, unknown>[] = [
  attachments as LinesCheck<never, unknown>,
]
