import type { R4Terminology } from '../terminology.ts'
import type { R4CodeSystem, R4Concept, R4ValueSet } from './package.ts'

/** R4's own terminology. That of HL7 Terminology is published apart from R4, and has changed since. */
export function compileTerminology(
  valueSets: readonly R4ValueSet[],
  codeSystems: readonly R4CodeSystem[],
): R4Terminology {
  return {
    valueSets: valueSets.filter(isOwn).map(({ resourceType, url, version, compose }) => ({
      resourceType,
      url,
      ...withVersion(version),
      ...(compose && { compose: trimmed(compose) }),
    })),
    codeSystems: codeSystems
      .filter(isOwn)
      .map(({ resourceType, url, version, content, caseSensitive, concept }) => ({
        ...{ resourceType, url, content },
        ...withVersion(version),
        ...(caseSensitive === undefined ? {} : { caseSensitive }),
        ...(concept && { concept: concept.map(codesOnly) }),
      })),
  }
}

function isOwn({ url }: { readonly url: string }): boolean {
  return url.startsWith('http://hl7.org/fhir/')
}

function withVersion(version: string | undefined): { readonly version?: string } {
  return version === undefined ? {} : { version }
}

function trimmed(compose: NonNullable<R4ValueSet['compose']>): object {
  const part = (it: (typeof compose.include)[number]) =>
    it.concept ? { ...it, concept: it.concept.map(({ code }) => ({ code })) } : it
  return {
    ...compose,
    include: compose.include.map(part),
    ...(compose.exclude && { exclude: compose.exclude.map(part) }),
  }
}

function codesOnly({ code, property, concept }: R4Concept): R4Concept {
  return { code, ...(property && { property }), ...(concept && { concept: concept.map(codesOnly) }) }
}
