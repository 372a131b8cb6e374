import { readFileSync } from 'node:fs'

/** The prover's tables as the build compiled them. */
export interface ProverTables {
  /** Their bytes in memory. */
  readonly image: Uint8Array
  /** Address of the row of each resource type. */
  readonly types: ReadonlyMap<string, number>
}

/** The head of `dist/prover/tables.bin`, after its length. */
interface TablesHeader {
  readonly types: Readonly<Record<string, number>>
}

/** Tables as one file. */
export function serializeTables({ image, types }: ProverTables): Uint8Array {
  const header = Buffer.from(JSON.stringify({ types: Object.fromEntries(types) } satisfies TablesHeader))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([length, header, image])
}

let cachedTables: ProverTables | undefined

/** The tables for FHIR R4; read once. */
export function readTables(): ProverTables {
  cachedTables ??= parseTables()
  return cachedTables
}

let cachedTypeNames: readonly string[] | undefined

/** Names of resource types, by their numbers in a proof. */
export function resourceTypeNames(): readonly string[] {
  cachedTypeNames ??= [...readTables().types.keys()]
  return cachedTypeNames
}

function parseTables(): ProverTables {
  const file = readBuiltFile('tables.bin')
  const length = file.readUInt32LE()
  const header = JSON.parse(file.toString('utf8', 4, 4 + length)) as TablesHeader
  return { types: new Map(Object.entries(header.types)), image: file.subarray(4 + length) }
}

/** The core's value for a type: 0 is any type, -1 is a type that no resource has. */
export function typeRowAddress(tables: ProverTables, type: string | undefined): number {
  return type === undefined ? 0 : (tables.types.get(type) ?? -1)
}

/** A file that the build has made for the prover. */
export function readBuiltFile(name: string): Buffer {
  try {
    // The package is two folders up, both from src and from dist.
    return readFileSync(new URL(`../../dist/prover/${name}`, import.meta.url))
  } catch (error) {
    throw new Error(`dist/prover/${name} cannot be read: npm run build compiles it.`, { cause: error })
  }
}
