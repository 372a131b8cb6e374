import { honestConduct } from '../../conduct/conduct.ts'
import type { ServedFile } from '../../export/job.ts'
import type { Resource } from '../../population/model.ts'
import { changeEntries, changeManifest, outputFiles } from '../manifest/changes.ts'
import { since3 } from './definition.ts'

const smallFiles = { linesPerFile: 12 }

/** The first file, cut after two lines although its first block would fit into it. */
function cutFirst(files: readonly ServedFile[]): readonly ServedFile[] {
  const [first, ...others] = files
  const [header] = first?.resources ?? []
  if (!first || !header) return files
  const rest = { ...first, name: `continued-${first.name}`, resources: [header, ...first.resources.slice(2)] }
  return [{ ...first, resources: first.resources.slice(0, 2), continuesIn: rest.name }, rest, ...others]
}

/** Faults of organized output. */
export const organizedFaults = since3([
  {
    id: 'two-types-in-a-file-in-3',
    breaks: 'export.organize-by.default-single-type',
    // A line of another type is not of the type of its item.
    also: ['export.manifest.output.one-type-per-file', 'export.manifest.output.type.resource'],
    conduct: {
      manifestFiles: (files, { kickoff }) => {
        const [first, second, ...rest] = outputFiles(files)
        const others = files.filter(({ kind }) => kind !== 'output')
        return first && second && kickoff.organizedBy === undefined
          ? [{ ...first, resources: [...first.resources, ...second.resources] }, ...rest, ...others]
          : files
      },
    },
  },
  {
    id: 'organized-by-unsaid',
    breaks: 'export.organize-by.manifest.organized-by',
    conduct: changeManifest(({ outputOrganizedBy: _, ...rest }) => rest),
  },
  {
    id: 'organized-items-with-type',
    breaks: 'export.organize-by.manifest.no-type',
    conduct: changeEntries('output', (item) => ({ ...item, type: item.type ?? 'Patient' })),
  },
  {
    id: 'continuation-unnamed',
    breaks: 'export.organize-by.manifest.continues',
    configuration: smallFiles,
    conduct: changeEntries('output', ({ continuesInFile: _, ...rest }) => rest),
  },
  {
    id: 'block-header-of-another-name',
    breaks: 'export.organize-by.header.parameters',
    conduct: {
      blockOf: (organizing, related) => {
        const [header, ...rest] = honestConduct.blockOf(organizing, related)
        const parameter = [{ name: 'subject', valueReference: { reference: `Patient/${organizing.id}` } }]
        return [{ ...header, parameter } as unknown as Resource, ...rest]
      },
    },
  },
  {
    id: 'continuation-without-header',
    breaks: 'export.organize-by.block.repeat-header',
    configuration: smallFiles,
    conduct: {
      manifestFiles: (files) => {
        const later = new Set(files.flatMap(({ continuesIn }) => continuesIn ?? []))
        return files.map((it) => (later.has(it.name) ? { ...it, resources: it.resources.slice(1) } : it))
      },
    },
  },
  {
    id: 'patient-at-the-end-of-its-block',
    breaks: 'export.organize-by.block.resource-follows',
    conduct: {
      blockOf: (organizing, related) => {
        const [header, patient, ...rest] = honestConduct.blockOf(organizing, related)
        return [header, ...rest, patient].filter((it) => it !== undefined)
      },
    },
  },
  {
    id: 'patient-without-block',
    breaks: 'export.organize-by.block.each-instance',
    conduct: {
      orderedResources: (resources, { kickoff }) =>
        kickoff.organizedBy !== undefined && resources[0]?.resourceType === 'Patient'
          ? resources.slice(1)
          : resources,
    },
  },
  {
    id: 'short-block-split',
    breaks: 'export.organize-by.block.not-split',
    configuration: { linesPerFile: 400 },
    conduct: {
      manifestFiles: (files, { kickoff }) => (kickoff.organizedBy === undefined ? files : cutFirst(files)),
    },
  },
  {
    id: 'blocks-without-some-observations',
    breaks: 'export.organize-by.patient-compartment',
    conduct: {
      blockOf: (organizing, related) =>
        honestConduct.blockOf(
          organizing,
          related.filter((it) => it.resourceType !== 'Observation' || !/[05]$/.test(it.id)),
        ),
    },
  },
])
