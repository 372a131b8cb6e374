import { isJsonObject } from '../../model/json.ts'
import { isAbsoluteUrl } from '../../model/http/url.ts'
import { isResourceType, issueSeverities } from '../../r4/facts.ts'

/** Whether a value is an array of FHIR extensions: objects with a URL. */
export function isExtensionList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((it) => isJsonObject(it) && typeof it.url === 'string' && it.url !== '')
  )
}

/** Whether a value is a severity of an issue; R4 does not have `success`, which the guide lists. */
function isSeverity(value: unknown): boolean {
  return value === 'success' || issueSeverities().includes(String(value))
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}

type ManifestItem = Readonly<Record<string, unknown>>

/** What an item of a manifest can be asked to have: each reads a value of the item, and says whether it is right. */
export const itemFeatures: Readonly<
  Record<
    string,
    {
      expected: string
      of: (item: ManifestItem) => unknown
      right: (value: unknown, item: ManifestItem) => boolean
    }
  >
> = {
  type: {
    expected: 'a resource type',
    of: (it) => it.type,
    right: (value) => typeof value === 'string' && value !== '',
  },
  'resource-type': {
    expected: 'the name of a FHIR R4 resource type',
    of: (it) => it.type,
    right: (value) => value === undefined || isResourceType(value),
  },
  url: { expected: 'a URL', of: (it) => it.url, right: (value) => typeof value === 'string' && value !== '' },
  'absolute-url': {
    expected: 'an absolute http or https URL',
    of: (it) => it.url,
    right: (value) => value === undefined || isAbsoluteUrl(value),
  },
  count: {
    expected: 'a JSON integer of at least 0',
    of: (it) => it.count,
    right: isCount,
  },
  extension: { expected: 'a JSON object', of: (it) => it.extension, right: isJsonObject },
  extensions: { expected: 'an array of FHIR extensions', of: (it) => it.extension, right: isExtensionList },
  numbers: {
    expected: 'integers of at least 0',
    of: (it) => [it.count ?? 0, it.fileSize ?? 0],
    right: (value) => (value as readonly unknown[]).every(isCount),
  },
  countSeverity: {
    expected: 'severities with an integer each',
    of: (it) => it.countSeverity,
    right: (value) =>
      Array.isArray(value) &&
      value.every((it) => isJsonObject(it) && isSeverity(it.code) && isCount(it.count)),
  },
  'no-type': {
    expected: 'no type',
    of: (it) => it.type,
    right: (value) => value === undefined,
  },
  OperationOutcome: {
    expected: 'OperationOutcome',
    of: (it) => it.type,
    right: (value) => value === undefined || value === 'OperationOutcome',
  },
  Bundle: {
    expected: 'Bundle',
    of: (it) => it.type,
    right: (value) => value === undefined || value === 'Bundle',
  },
}

/** Features without which an item is not wrong; a manifest without any item that has one is not evidence. */
export const optionalFeatures = new Set(['count', 'extension', 'extensions', 'countSeverity'])
/** The member of an item that a feature reads, if it has another name. */
export const featureMembers: Readonly<Record<string, string>> = {
  type: 'type',
  'resource-type': 'type',
  OperationOutcome: 'type',
  Bundle: 'type',
  'absolute-url': 'url',
  extensions: 'extension',
  'no-type': 'type',
}
