import type { LinesCheck } from '../checks/check.ts'
import { isId, isObject, resourceTypes } from '../checks/fhir.ts'
import type { FileKind, Line, OutputFile } from '../model/evidence.ts'
import type { ResourceIndex } from '../model/rows.ts'
import { jsonOn, linesOf, type RawLine } from './lines.ts'
import { buildIndex, type IndexBuilder } from './resource-index.ts'

/** A check that is fed the lines of one kind of file. */
export interface Feeding {
  readonly check: LinesCheck<never, unknown>
  readonly params: unknown
  readonly kind: FileKind
}

/** What one pass over the files of an export is to bring. */
export interface Reading {
  readonly files: readonly OutputFile[]
  readonly read: (file: OutputFile) => AsyncIterable<Uint8Array>
  readonly checks: readonly Feeding[]
  readonly index?: {
    readonly queries: readonly string[]
    readonly fhirUrl: string
    readonly transactionTime?: string
  }
  /** A line that is longer is not judged. */
  readonly lineBytes: number
  /** Told now and then how much has been read. */
  readonly onProgress?: (done: Done) => void
}

/** How much of the files has been read. */
export interface Done {
  readonly bytes: number
  readonly resources: number
}

/** What one file holds. */
export interface FileCount {
  /** Its position among the files of its export. */
  readonly number: number
  readonly bytes: number
  /** That are not blank. */
  readonly lines: number
  /** How many resources of each type FHIR R4 knows. */
  readonly resources: Readonly<Record<string, number>>
}

/** What one pass brought: a tally for each check, in their order, and the index if it was asked for and could be made whole. */
export interface Read {
  readonly tallies: readonly unknown[]
  readonly index?: ResourceIndex
  /** Why there is no index although it was asked for; completes "cannot tell, because …". */
  readonly noIndex?: string
  /** Ids of the patients in the order met; never to be printed. */
  readonly patientIds: readonly string[]
  /** In the order in which they were read. */
  readonly files: readonly FileCount[]
}

/** Reads the files of an export once, for all checks on their lines and for the index. */
export async function readFiles(reading: Reading): Promise<Read> {
  const { files, checks, lineBytes } = reading
  const fed = checks.map(
    (it): Fed => ({
      ...it,
      check: it.check as LinesCheck<unknown, unknown>,
      tally: it.check.empty(it.params as never),
    }),
  )
  const builder = reading.index ? buildIndex(reading.index) : undefined
  let noIndex: string | undefined
  const counter = countingInto(reading.onProgress)
  for (const file of files) {
    const mine = fed.filter((it) => it.kind === file.kind)
    if (mine.length === 0 && !builder) continue
    const counted = counter.begin(file)
    const document = new Document(file, builder)
    for await (const raw of linesOf(counted.bytesOf(reading.read(file)), lineBytes)) {
      const line = lineOf(file, raw)
      for (const { check, tally, params } of mine) check.line(tally, line, params)
      document.line(line)
      counted.line(line)
      if (raw.cut) noIndex ??= `a line of exchange ${file.exchange} is too long to be read`
    }
    document.end()
    if (document.broken)
      noIndex ??= `the file of exchange ${file.exchange} has lines that are no resources with an id`
    for (const { check, tally, params } of mine) check.file?.(tally, file, params)
  }
  return {
    tallies: fed.map((it) => it.tally),
    ...(!builder ? {} : noIndex === undefined ? { index: builder.finish(files) } : { noIndex }),
    patientIds: builder?.patientIds ?? [],
    files: counter.files,
  }
}

const tellEveryMs = 100

function countingInto(tell: Reading['onProgress']) {
  const files: FileCount[] = []
  const done = { bytes: 0, resources: 0 }
  let told = 0
  return {
    files,
    begin({ number }: OutputFile) {
      const count = { number, bytes: 0, lines: 0, resources: {} as Record<string, number> }
      files.push(count)
      return {
        async *bytesOf(chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            count.bytes += chunk.length
            done.bytes += chunk.length
            yield chunk
            if (Date.now() - told < tellEveryMs) continue
            told = Date.now()
            tell?.({ ...done })
          }
        },
        line({ text, json }: Line) {
          if (text.trim() === '') return
          count.lines += 1
          const type = isObject(json) ? json.resourceType : undefined
          if (typeof type !== 'string' || !resourceTypes.has(type)) return
          count.resources[type] = (count.resources[type] ?? 0) + 1
          done.resources += 1
        },
      }
    },
  }
}

interface Fed {
  readonly check: LinesCheck<unknown, unknown>
  readonly params: unknown
  readonly kind: FileKind
  readonly tally: unknown
}

function lineOf(file: OutputFile, { number, text, utf8, cut }: RawLine): Line {
  return {
    file,
    number,
    text,
    utf8,
    ...(cut ? { cut: true as const } : jsonOn({ number, text })),
  }
}

const documentChars = 4 << 20

/** One file on its way into the index: resources line by line, or one document that spans them all. */
class Document {
  readonly #file: OutputFile
  readonly #builder: IndexBuilder | undefined
  #text = ''
  #parsed = false
  /** Whether an output file holds anything but resources with an id: what is missing from sets could be there. */
  broken = false

  constructor(file: OutputFile, builder: IndexBuilder | undefined) {
    this.#file = file
    this.#builder = builder
  }

  /** Takes in a line. */
  line({ json, number, text }: Line): void {
    if (!this.#builder || this.#file.kind === 'error') return
    if (isObject(json)) {
      this.#parsed = true
      this.#add(json, number, text)
    } else if (text.trim() !== '') {
      if (this.#parsed) this.broken ||= this.#file.kind === 'output'
      else if (this.#text.length < documentChars) this.#text += `${text}\n`
    }
  }

  // What a plain request brings is one resource, and servers often write it over several lines.
  end(): void {
    if (this.#text === '') return
    const { json } = this.#parsed ? {} : jsonOn({ number: 1, text: this.#text })
    if (isObject(json)) this.#add(json, 1, this.#text)
    else this.broken ||= this.#file.kind === 'output'
  }

  #add(resource: Readonly<Record<string, unknown>>, line: number, text: string): void {
    const place = { file: this.#file, line, text }
    if (this.#file.kind === 'deleted') {
      this.#builder?.addDeleted(resource, place)
      return
    }
    // A searchset stands for what it found.
    if (
      resource.resourceType === 'Bundle' &&
      resource.type === 'searchset' &&
      Array.isArray(resource.entry)
    ) {
      for (const entry of resource.entry)
        if (isObject(entry) && isObject(entry.resource))
          this.#builder?.add(entry.resource, { ...place, text: JSON.stringify(entry.resource) })
      return
    }
    if (resource.resourceType === 'OperationOutcome') return
    if (isResource(resource)) this.#builder?.add(resource, place)
    else this.broken = true
  }
}

function isResource({ resourceType, id }: Readonly<Record<string, unknown>>): boolean {
  return typeof resourceType === 'string' && resourceTypes.has(resourceType) && isId(id)
}
