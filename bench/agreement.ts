import { randomBetween, randomOf } from './corpus/random-values.ts'
import { corpusParts } from './corpus/write.ts'
import type { MeasureResult } from './figures.ts'
import { officialSchema } from './official-schema.ts'

/** The part of the prover that the bench uses. */
interface Prover {
  readonly input: Buffer
  prove(length: number, type: string | undefined): { readonly lines: number; readonly proven: Uint8Array }
}

const batch = 100
const lines = 300_000

const pieces = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'true',
  '0',
  '-1',
  '1.5',
  ' ',
  'a',
  '\\u00e9',
  '"x":1,',
  '[]',
  '{}',
]

/**
 * The schema rejects these although FHIR allows them: null in an array of primitives where an extension takes its place, and spaces that are not
 * ASCII, which JavaScript's `\s` matches although the schema's `\S` was not meant to exclude them.
 */
const falseAlarm = /[[,]null[,\]]|[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/

/** Counts lines with one or two random edits that the prover proves valid and the official JSON schema rejects. */
export async function measureAgreement(): Promise<MeasureResult> {
  const prover = await openBuiltProver()
  const objection = await officialSchema()
  const classes = new Map<string, number>()
  let proven = 0
  let excluded = 0
  let waiting: string[] = []
  const judge = () => {
    const length = prover.input.write(waiting.map((it) => `${it}\n`).join(''))
    const proof = prover.prove(length, undefined)
    for (const [at, line] of waiting.entries()) {
      if (proof.proven[at] !== 1) continue
      proven += 1
      const value: unknown = JSON.parse(line)
      const against = objection(value)
      if (!against) continue
      if (falseAlarm.test(JSON.stringify(value))) {
        excluded += 1
        continue
      }
      const name = `${against.keyword} at ${against.path}`
      classes.set(name, (classes.get(name) ?? 0) + 1)
    }
    waiting = []
  }
  for (const line of edited()) {
    waiting.push(line)
    if (waiting.length === batch) judge()
  }
  judge()
  if (proven < lines / 20)
    throw new Error(`the prover proved only ${proven} of ${lines} edited lines, too few to compare`)
  return {
    rows: [
      {
        name: 'proven lines that the official JSON schema rejects',
        value: [...classes.values()].reduce((sum, it) => sum + it, 0),
        unit: 'lines',
        target: { is: 'at most', value: 0 },
        from: `${proven} of ${lines} edited lines were proven; ${excluded} known false rejections by the schema ignored`,
      },
    ],
    ...(classes.size > 0
      ? { text: [...classes].map(([name, count]) => `${count}  ${name}`).join('\n') }
      : {}),
  }
}

async function openBuiltProver(): Promise<Prover> {
  const { openProver } = (await import(new URL('../../dist/prover/open.js', import.meta.url).href)) as {
    openProver(about: { readonly fhirUrl: string }): Prover | Promise<Prover>
  }
  return openProver({ fhirUrl: '' })
}

/** Lines of all types in turn, each with one or two edits. */
function* edited(): Iterable<string> {
  const byType = corpusParts(5e6).map((part) => [...part.lines()])
  for (let at = 0; at < lines; at += 1) {
    const line = randomOf(randomOf(byType, 1, at), 2, at)
    const once = edit(line, at, 3)
    yield at % 2 === 0 ? once : edit(once, at, 4)
  }
}

function edit(line: string, at: number, turn: number): string {
  const from = randomBetween(0, line.length - 1, turn, at, 5)
  const to = Math.min(line.length, from + randomBetween(0, 12, turn, at, 6))
  const before = line.slice(0, from)
  switch (randomBetween(0, 4, turn, at, 7)) {
    case 0:
      return before + randomOf(pieces, turn, at, 8) + line.slice(from)
    case 1:
      return before + line.slice(to)
    case 2:
      return before + randomOf(pieces, turn, at, 9) + line.slice(to)
    case 3:
      return before + line.slice(from, to) + line.slice(from)
    default:
      return changedLetter(line, from, at)
  }
}

function changedLetter(line: string, from: number, at: number): string {
  return `${line.slice(0, from)}${String.fromCharCode(randomBetween(32, 126, at, 10))}${line.slice(from + 1)}`
}
