import { isUtf8 } from 'node:buffer'
import type { FileKind, ManifestRows } from '../http/exchange.ts'
import { isJsonObject } from '../json.ts'
import type { Manifest, ManifestItem } from './export.ts'
import { type ManifestOptions, manifestLists, manifestWith, readItem } from './manifest.ts'
import { type ListRows, openListRows } from './manifest-rows.ts'
import { firstRepeated, openTextDigests, type TextDigests } from './url-rows.ts'

/** The reading of a JSON object whose lists of files may be long. */
export type ManifestReading =
  | {
      readonly is: 'manifest'
      readonly manifest: Manifest
      /** The JSON text of the manifest in which each list has one item of each kind. */
      readonly sample: string
      readonly rows: ManifestRows
      /** Its bytes are UTF-8. */
      readonly utf8: boolean
    }
  /** Its bytes are not JSON. */
  | { readonly is: 'broken' }
  /** It is no object, or what is outside the lists, or one of their items, is too long. */
  | { readonly is: 'unread' }

/** Reads a manifest as its bytes come, and keeps no more than its rows. */
export interface ManifestReader {
  write(chunk: Uint8Array): void
  end(): ManifestReading
}

const longestMembers = 1 << 20

type Place =
  | 'start'
  | 'first-name'
  | 'name'
  | 'colon'
  | 'value'
  | 'after-value'
  | 'first-item'
  | 'item'
  | 'after-item'
  | 'end'

/** One list of a manifest while it is read. */
interface OpenList {
  readonly rows: ListRows
  readonly items: ManifestItem[]
  readonly urls: TextDigests
  length: number
}

interface ReaderState {
  readonly base: string
  readonly most: number
  readonly messages: Required<ManifestOptions>['messages']
  /** The kind of the files that each list names. */
  readonly kinds: ReadonlyMap<string, FileKind>
  place: Place
  result: 'broken' | 'unread' | undefined
  utf8: boolean
  name: string
  readonly members: Map<string, unknown>
  readonly lists: Map<string, OpenList>
  /** Bytes of the members outside the lists. */
  kept: number
  /** The value that is being read: what begins it, how deep it is open, and where in a string. */
  readonly value: { begun: number; depth: number; isString: boolean; isEscaped: boolean }
  /** The beginning of that value, in chunks that are gone. */
  readonly pieces: Buffer[]
  held: number
}

const space = (byte: number) => byte === 32 || byte === 10 || byte === 13 || byte === 9
const quote = 34
const backslash = 92

/** Begins to read a manifest; URLs are relative to `base`, and of its files no more than `most` count. */
export function openManifestReader(
  base: string,
  { most, messages = 'error' }: ManifestOptions,
): ManifestReader {
  const state: ReaderState = {
    ...{
      base,
      most,
      messages,
      kinds: new Map(manifestLists(messages)),
      place: 'start',
      result: undefined,
      utf8: true,
      name: '',
    },
    ...{ members: new Map(), lists: new Map(), kept: 0, pieces: [], held: 0 },
    value: { begun: 0, depth: 0, isString: false, isEscaped: false },
  }
  let isFirst = true
  return {
    write(chunk) {
      // A byte order mark is no part of the text.
      const from = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0
      isFirst &&= chunk.length === 0
      if (!state.result) readChunk(state, chunk, from)
    },
    end() {
      if (state.result) return { is: state.result }
      return state.place === 'end' ? readingOf(state) : { is: 'broken' }
    },
  }
}

function readChunk(state: ReaderState, chunk: Uint8Array, from: number): void {
  for (let at = from; at < chunk.length && !state.result; ) {
    if (state.value.begun !== 0) {
      const end = endOfValue(state, chunk, at)
      const isOver = end >= 0
      const piece = Buffer.from(chunk.buffer, chunk.byteOffset + at, (isOver ? end : chunk.length) - at)
      if (isOver) takeValue(state, piece)
      else holdBack(state, piece)
      at = isOver ? end : chunk.length
    } else {
      const byte = chunk[at] ?? 0
      if (space(byte)) at += 1
      else at += readMark(state, byte)
    }
  }
}

/** Reads what is between values; returns how many bytes that are. */
function readMark(state: ReaderState, byte: number): 0 | 1 {
  const { place } = state
  const mark = String.fromCharCode(byte)
  if (place === 'start') {
    // An array or a value by itself is no manifest.
    if (mark === '{') state.place = 'first-name'
    else state.result = 'unread'
    return 1
  }
  if ((place === 'name' || place === 'first-name') && mark === '"') return begin(state, byte)
  if ((place === 'first-name' || place === 'after-value') && mark === '}') return goTo(state, 'end')
  if (place === 'colon' && mark === ':') return goTo(state, 'value')
  if (place === 'after-value' && mark === ',') return goTo(state, 'name')
  if (place === 'value') {
    state.lists.delete(state.name)
    state.members.delete(state.name)
    if (mark !== '[' || !state.kinds.has(state.name)) return begin(state, byte)
    state.lists.set(state.name, { rows: openListRows(), items: [], urls: openTextDigests(), length: 0 })
    return goTo(state, 'first-item')
  }
  if ((place === 'first-item' || place === 'after-item') && mark === ']') return goTo(state, 'after-value')
  if (place === 'after-item' && mark === ',') return goTo(state, 'item')
  if (place === 'item' || place === 'first-item') return begin(state, byte)
  state.result = 'broken'
  return 1
}

function goTo(state: ReaderState, place: Place): 1 {
  state.place = place
  return 1
}

function begin(state: ReaderState, byte: number): 0 {
  Object.assign(state.value, { begun: byte, depth: 0, isString: false, isEscaped: false })
  return 0
}

/** The offset behind the value that is being read; -1 if the chunk ends before. */
function endOfValue({ value }: ReaderState, chunk: Uint8Array, from: number): number {
  let { depth, isString, isEscaped } = value
  const isScalar = value.begun !== quote && value.begun !== 91 && value.begun !== 123
  for (let at = from; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0
    if (isEscaped) isEscaped = false
    else if (isString) {
      if (byte === backslash) isEscaped = true
      else if (byte === quote) {
        isString = false
        if (depth === 0) return at + 1
      }
    } else if (byte === quote && !isScalar) isString = true
    else if (isScalar) {
      if (byte === 44 || byte === 93 || byte === 125 || space(byte)) return at
    } else if (byte === 91 || byte === 123) depth += 1
    else if (byte === 93 || byte === 125) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  Object.assign(value, { depth, isString, isEscaped })
  return -1
}

function holdBack(state: ReaderState, piece: Buffer): void {
  state.held += piece.length
  if (state.held + state.kept > longestMembers) state.result = 'unread'
  else state.pieces.push(Buffer.from(piece))
}

function takeValue(state: ReaderState, last: Buffer): void {
  const bytes = state.pieces.length === 0 ? last : Buffer.concat([...state.pieces, last])
  state.pieces.length = 0
  state.held = 0
  state.value.begun = 0
  if (bytes.length + state.kept > longestMembers) {
    state.result = 'unread'
    return
  }
  state.utf8 &&= isUtf8(bytes)
  const value = parsed(bytes.toString())
  if (value === undefined) state.result = 'broken'
  else if (state.place === 'item' || state.place === 'first-item') takeItem(state, value)
  else {
    state.kept += bytes.length
    if (state.place === 'value') {
      state.members.set(state.name, value)
      state.place = 'after-value'
    } else {
      state.name = String(value)
      state.place = 'colon'
    }
  }
}

/** JSON has no value that is undefined. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller says that it is not JSON.
    return undefined
  }
}

function takeItem(state: ReaderState, value: unknown): void {
  state.place = 'after-item'
  const list = state.lists.get(state.name)
  if (!list) return
  list.rows.add(value)
  if (isJsonObject(value) && typeof value.url === 'string') list.urls.add(value.url, list.length)
  list.length += 1
  const kind = state.kinds.get(state.name)
  const item = kind && list.items.length < state.most ? readItem(value, kind, state.base) : undefined
  if (item) list.items.push(item)
}

function readingOf(state: ReaderState): ManifestReading {
  const { members, most } = state
  const lists = [...state.kinds.keys()].flatMap((name) => {
    const list = state.lists.get(name)
    return list ? [[name, list] as const] : []
  })
  const output = state.lists.get('output')
  const repeated = firstRepeated(lists.map(([, { urls }]) => urls))
  const again = repeated && lists[repeated.list]
  return {
    is: 'manifest',
    manifest: manifestWith(
      { ...Object.fromEntries(members), ...(output ? { output: output.length === 0 ? [] : [null] } : {}) },
      state.base,
      { items: lists.flatMap(([, { items }]) => items).slice(0, most), messages: state.messages },
    ),
    sample: JSON.stringify(
      Object.fromEntries([...members, ...lists.map(([name, { rows }]) => [name, rows.kinds] as const)]),
    ),
    rows: {
      runs: Object.fromEntries(lists.map(([name, { rows }]) => [name, rows.runs])),
      ...(again ? { repeated: { list: again[0], position: repeated.position } } : {}),
    },
    utf8: state.utf8,
  }
}
