import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Parser } from 'tar'
import type { CodeSystem, FhirPackage, StructureDefinition, ValueSet } from './definitions.ts'
import { shapeProblem, definitionShapes } from './definition-shapes.ts'

/** An error of a given package; its message is for the user. */
export class PackageError extends Error {}

const packedBytes = 256 << 20
const unpackedBytes = 1 << 30

interface Manifest {
  readonly name?: unknown
  readonly version?: unknown
  readonly fhirVersions?: unknown
  readonly 'fhir-version-list'?: unknown
  readonly canonical?: unknown
}

type Files = ReadonlyMap<string, Buffer>

/** Reads a FHIR package: a .tgz file, or a folder into which one was unpacked. */
export async function loadPackage(path: string): Promise<FhirPackage> {
  const files = (await statusOf(path)).isDirectory() ? await unpacked(path) : await packed(path)
  const manifest = parsed(path, 'package.json', files) as Manifest | undefined
  if (!manifest) throw new PackageError(`${path} is not a FHIR package: package/package.json is missing.`)
  const said = manifest.fhirVersions ?? manifest['fhir-version-list']
  const versions: unknown = typeof said === 'string' ? [said] : said
  if (!Array.isArray(versions))
    throw new PackageError(`${path} is not a FHIR package: its package.json has no fhirVersions.`)
  if (!versions.some(isR4))
    throw new PackageError(
      `${path} is a package for FHIR ${versions.join(', ')}; bulkcheck supports packages for FHIR 4.0.`,
    )
  const { name, version, canonical } = manifest
  return {
    name: String(name ?? basename(path)),
    version: String(version ?? ''),
    ...(typeof canonical === 'string' && canonical !== '' ? { canonical: canonical.replace(/\/$/, '') } : {}),
    ...definitionsOf(path, files),
  }
}

function definitionsOf(path: string, files: Files): Omit<FhirPackage, 'name' | 'version' | 'canonical'> {
  const structures: StructureDefinition[] = []
  const valueSets: ValueSet[] = []
  const codeSystems: CodeSystem[] = []
  const skipped = { noSnapshot: 0, otherFhir: 0 }
  for (const name of [...files.keys()].sort()) {
    const it = parsed(path, name, files) as StructureDefinition | ValueSet | CodeSystem | null
    const shaped = () => {
      const flaw = it && shapeProblem(it, definitionShapes[it.resourceType])
      if (flaw)
        throw new PackageError(
          `${path} contains a ${it.resourceType} that bulkcheck cannot use, package/${name}: ${flaw}.`,
        )
    }
    if (it?.resourceType === 'StructureDefinition') {
      if (it.derivation !== 'constraint') continue
      const { snapshot, fhirVersion } = it
      if (snapshot === undefined) skipped.noSnapshot += 1
      else if (fhirVersion !== undefined && !isR4(fhirVersion)) skipped.otherFhir += 1
      else {
        shaped()
        structures.push(it)
      }
    } else if (it?.resourceType === 'ValueSet' && it.url !== undefined) {
      shaped()
      valueSets.push(it)
    } else if (it?.resourceType === 'CodeSystem' && it.url !== undefined) {
      shaped()
      codeSystems.push(it)
    }
  }
  return { structures, valueSets, codeSystems, skipped: skipped }
}

function isR4(version: unknown): boolean {
  return typeof version === 'string' && version.startsWith('4.0.')
}

async function statusOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    throw new PackageError(`${path} cannot be read: there is no such file or folder.`, { cause: error })
  }
}

async function unpacked(path: string): Promise<Files> {
  const inner = join(path, 'package')
  const names = await readdir(inner).catch(() => undefined) // An unpacked package may or may not keep its outer folder.
  const folder = names ? inner : path
  const files = new Map<string, Buffer>()
  let bytes = 0
  for (const name of names ?? (await readdir(path))) {
    if (!isDefinition(name)) continue
    const content = await readFile(join(folder, name))
    bytes += content.length
    if (bytes > unpackedBytes) throw tooLarge(path)
    files.set(name, content)
  }
  return files
}

async function packed(path: string): Promise<Files> {
  const { size } = await stat(path)
  if (size > packedBytes) throw tooLarge(path)
  const bytes = await readFile(path)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b)
    throw new PackageError(`${path} is not a FHIR package: it is not a gzip file.`)
  return entriesOf(path, await inflated(path, bytes))
}

async function inflated(path: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: unpackedBytes })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(path)
    throw new PackageError(`${path} is not a FHIR package: its gzip data is damaged.`, { cause: error })
  }
}

function entriesOf(path: string, bytes: Buffer): Promise<Files> {
  return new Promise((resolve, reject) => {
    const files = new Map<string, Buffer>()
    const parser = new Parser({
      strict: true,
      filter: (name) => isDefinition(innerName(name)),
      onReadEntry(entry) {
        const chunks: Buffer[] = []
        entry.on('data', (chunk) => chunks.push(chunk))
        entry.on('end', () => files.set(innerName(entry.path), Buffer.concat(chunks)))
      },
    })
    parser.on('error', (cause) =>
      reject(new PackageError(`${path} is not a FHIR package: it contains no tar archive.`, { cause })),
    )
    parser.on('end', () => resolve(files))
    parser.end(bytes)
  })
}

/** The name of a file in the folder of definitions; empty for any other file. */
function innerName(path: string): string {
  return /^(?:\.\/)?package\/(.*)$/s.exec(path)?.[1] ?? ''
}

// Examples and other folders are not definitions, nor are hidden indexes.
function isDefinition(name: string): boolean {
  return name.endsWith('.json') && !name.startsWith('.') && !name.includes('/')
}

function parsed(path: string, name: string, files: Files): unknown {
  const content = files.get(name)
  if (!content) return undefined
  try {
    return JSON.parse(content.toString('utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new PackageError(`${path} is not a FHIR package: package/${name} is not JSON.`, { cause: error })
  }
}

function tooLarge(path: string): PackageError {
  return new PackageError(
    `${path} is too large for a FHIR package: more than ${unpackedBytes >> 20} MB unpacked.`,
  )
}
