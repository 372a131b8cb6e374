import { readFileSync } from 'node:fs'

/** The prover's tables as the build has compiled them. */
export interface Tables {
  /** As they are to lie in memory. */
  readonly image: Uint8Array
  /** Address of the row of each resource type. */
  readonly types: ReadonlyMap<string, number>
}

/** What `dist/prover/tables.bin` begins with, after the length of it. */
interface Header {
  readonly types: Readonly<Record<string, number>>
}

/** Tables as one file. */
export function stored({ image, types }: Tables): Uint8Array {
  const header = Buffer.from(JSON.stringify({ types: Object.fromEntries(types) } satisfies Header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([length, header, image])
}

let read: Tables | undefined

/** The tables for FHIR R4; read once. */
export function readTables(): Tables {
  read ??= parsed()
  return read
}

let names: readonly string[] | undefined

/** Names of resource types, by their numbers in a proof. */
export function typeNames(): readonly string[] {
  names ??= [...readTables().types.keys()]
  return names
}

function parsed(): Tables {
  const file = readBuilt('tables.bin')
  const length = file.readUInt32LE()
  const header = JSON.parse(file.toString('utf8', 4, 4 + length)) as Header
  return { types: new Map(Object.entries(header.types)), image: file.subarray(4 + length) }
}

/** What the core takes for a type: 0 is any, and -1 one that no resource is of. */
export function rowOf(tables: Tables, type: string | undefined): number {
  return type === undefined ? 0 : (tables.types.get(type) ?? -1)
}

/** A file that the build has made for the prover. */
export function readBuilt(name: string): Buffer {
  try {
    // Two folders up is the package, from src and from dist alike.
    return readFileSync(new URL(`../../dist/prover/${name}`, import.meta.url))
  } catch (error) {
    throw new Error(`dist/prover/${name} cannot be read: npm run build compiles it.`, { cause: error })
  }
}
