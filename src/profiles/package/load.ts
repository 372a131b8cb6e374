import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Parser } from 'tar'
import { isJsonObject } from '../../model/json.ts'
import type {
  CodeSystem,
  FhirPackage,
  StructureDefinition,
  UnusableDefinition,
  ValueSet,
} from './definitions.ts'
import { shapeProblem, definitionShapes } from './definition-shapes.ts'
import { guideRules } from './guide-rules.ts'
import { withTypeCodes } from './type-codes.ts'

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
  readonly dependencies?: unknown
}

type Files = ReadonlyMap<string, Buffer>

/** Reads FHIR packages, each a .tgz file or a folder into which one was unpacked. */
export async function loadPackages(paths: readonly string[]): Promise<readonly FhirPackage[]> {
  const all: LoadedPackage[] = []
  for (const path of paths) all.push(await loadPackage(path))
  const needed = new Set(all.flatMap(({ dependencies }) => dependencies))
  return all.map(({ loaded, path, fhirVersions }) => {
    // Packages for R4 depend on some that are not: their terminology counts.
    if (!fhirVersions.some(isR4) && !needed.has(loaded.name))
      throw new PackageError(
        `${path} is a package for FHIR ${fhirVersions.join(', ')}; bulkcheck supports packages for FHIR 4.0.`,
      )
    return loaded
  })
}

interface LoadedPackage {
  readonly path: string
  readonly loaded: FhirPackage
  readonly fhirVersions: readonly unknown[]
  /** The names of packages that it depends on. */
  readonly dependencies: readonly string[]
}

async function loadPackage(path: string): Promise<LoadedPackage> {
  const files = (await statusOf(path)).isDirectory() ? await unpacked(path) : await packed(path)
  const manifest = manifestOf(path, files)
  const said = manifest.fhirVersions ?? manifest['fhir-version-list']
  const fhirVersions: unknown = typeof said === 'string' ? [said] : said
  if (!Array.isArray(fhirVersions))
    throw new PackageError(`${path} is not a FHIR package: its package.json has no fhirVersions.`)
  const { name, version, canonical, dependencies } = manifest
  return {
    path,
    fhirVersions,
    dependencies: isJsonObject(dependencies) ? Object.keys(dependencies) : [],
    loaded: {
      name: String(name ?? basename(path)),
      version: String(version ?? ''),
      ...(typeof canonical === 'string' && canonical !== ''
        ? { canonical: canonical.replace(/\/$/, '') }
        : {}),
      ...definitionsOf(files),
    },
  }
}

function manifestOf(path: string, files: Files): Manifest {
  const content = files.get('package.json')
  if (!content) throw new PackageError(`${path} is not a FHIR package: package/package.json is missing.`)
  const manifest = parsed(content)
  if (!isJsonObject(manifest))
    throw new PackageError(`${path} is not a FHIR package: package/package.json is not a JSON object.`)
  return manifest
}

type Definition = StructureDefinition | ValueSet | CodeSystem

function definitionsOf(files: Files): Omit<FhirPackage, 'name' | 'version' | 'canonical'> {
  const structures: StructureDefinition[] = []
  const valueSets: ValueSet[] = []
  const codeSystems: CodeSystem[] = []
  const unusable: UnusableDefinition[] = []
  const others: unknown[] = []
  for (const name of [...files.keys()].sort()) {
    const it = parsed(files.get(name))
    if (it === undefined) unusable.push({ url: `package/${name}`, because: 'not JSON' })
    if (!isDefinition(it)) {
      others.push(it)
      continue
    }
    const because = flawOf(it)
    if (because !== undefined) {
      const { url, version } = it
      unusable.push({
        url: typeof url === 'string' ? url : `package/${name}`,
        ...(typeof version === 'string' ? { version } : {}),
        because,
      })
    } else if (it.resourceType === 'StructureDefinition') structures.push(withTypeCodes(it))
    else if (it.resourceType === 'ValueSet') valueSets.push(it)
    else codeSystems.push(it)
  }
  return { structures, valueSets, codeSystems, unusable, rules: guideRules(others) }
}

/** Whether a file is a definition of a kind that profiles use. */
function isDefinition(it: unknown): it is Definition {
  if (!isJsonObject(it)) return false
  const { resourceType, derivation, url } = it
  if (resourceType === 'StructureDefinition') return derivation === 'constraint'
  // Without a URL nothing can refer to them.
  return (resourceType === 'ValueSet' || resourceType === 'CodeSystem') && url !== undefined
}

/** Why a definition cannot be used. */
function flawOf(it: Definition): string | undefined {
  if (it.resourceType === 'StructureDefinition') {
    if (it.snapshot === undefined) return 'no snapshot'
    if (it.fhirVersion !== undefined && !isR4(it.fhirVersion)) return 'for another FHIR release'
  }
  return shapeProblem(it, definitionShapes[it.resourceType])
}

function isR4(version: unknown): boolean {
  return typeof version === 'string' && /^4\.0(\.|$)/.test(version)
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
    if (!isDefinitionFile(name)) continue
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
      filter: (name) => isDefinitionFile(innerName(name)),
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
function isDefinitionFile(name: string): boolean {
  return name.endsWith('.json') && !name.startsWith('.') && !name.includes('/')
}

/** The JSON value of a file; `undefined` if it is not JSON. */
function parsed(content: Buffer | undefined): unknown {
  try {
    return JSON.parse(content?.toString('utf8').replace(/^\uFEFF/, '') ?? '')
  } catch {
    return undefined
  }
}

function tooLarge(path: string): PackageError {
  return new PackageError(
    `${path} is too large for a FHIR package: more than ${unpackedBytes >> 20} MB unpacked.`,
  )
}
