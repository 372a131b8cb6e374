import * as at from '../core/layout.ts'
import { memory, nameHash } from '../core/machine.ts'

const mostBytes = 8 << 20

/** The memory in which names are hashed, filled from the beginning of the image. */
export class ImageWriter {
  readonly types = new Map<string, number>()
  readonly #words = new Int32Array(memory)
  readonly #strings = new Map<string, number>()
  readonly #tables = new Map<string, number>()
  #top = at.image + at.imageHeader

  /** Reserves bytes, at an address that is a multiple of 64. */
  room(length: number): number {
    const address = (this.#top + 63) & ~63
    this.#top = address + length
    if (this.#top > mostBytes) throw new Error('The tables of the prover are larger than expected.')
    return address
  }

  put(address: number, value: number): void {
    this.#words[address >> 2] = value
  }

  text(address: number, text: string): void {
    new Uint8Array(memory).set(new TextEncoder().encode(text), address)
  }

  /** The address of a text that is written once. */
  string(text: string): number {
    const known = this.#strings.get(text)
    if (known !== undefined) return known
    const made = this.#top
    this.#top += new TextEncoder().encode(text).length
    this.text(made, text)
    this.#strings.set(text, made)
    return made
  }

  /** A value that is made once for each key. */
  once(key: string, make: () => number): number {
    const known = this.#tables.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#tables.set(key, made)
    return made
  }

  typeOf(name: string): number {
    const row = this.types.get(name)
    if (row === undefined) throw new Error(`There is no type ${name}.`)
    return row
  }

  image(): Uint8Array {
    // Names are read in blocks, beyond their end.
    return new Uint8Array(memory, at.image, this.#top + 64 - at.image)
  }
}

interface NameRow {
  readonly name: string
  readonly detail: number
  readonly notes: number
}

/** Writes a table of names with what each stands for; its address. */
export function namesTable(writer: ImageWriter, names: readonly NameRow[]): number {
  const rows = names.map(({ name, detail, notes }) => {
    const row = writer.room(at.nameRow)
    writeName(writer, row, name)
    writer.put(row + at.nameDetail, detail)
    writer.put(row + at.nameNotes, notes)
    return { name, row }
  })
  return table(writer, rows)
}

/** Writes a name with the quote that ends it, and its length, into a row. */
export function writeName(writer: ImageWriter, row: number, name: string): void {
  writer.put(row + at.keyAt, writer.string(`${name}"`))
  writer.put(row + at.keyLength, Buffer.byteLength(name) + 1)
}

/** Writes a table of names by their hash, half of it empty: a name whose slot is taken goes to the next free one. */
export function table(writer: ImageWriter, rows: readonly { name: string; row: number }[]): number {
  let size = 2
  while (size < rows.length * 2) size *= 2
  const slots: number[] = new Array(size).fill(0)
  for (const { name, row } of rows) {
    let slot = nameHash(writer.string(`${name}"`), Buffer.byteLength(name)) & (size - 1)
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
    slots[slot] = row
  }
  const address = writer.room(at.tableRow)
  const array = writer.room(size * 4)
  writer.put(address + at.slotsAt, array)
  writer.put(address + at.slotsMask, size - 1)
  slots.forEach((row, i) => {
    writer.put(array + i * 4, row)
  })
  return address
}
