const stringLiteral = /('(?:[^'\\]|\\.)*')/

/** Rewrites an expression, its string literals apart. */
export function outsideStrings(
  expression: string,
  rewrite: (words: string) => string,
  literal: (text: string) => string = (it) => it,
): string {
  return expression
    .split(stringLiteral)
    .map((it, at) => (at % 2 === 0 ? rewrite(it) : literal(it)))
    .join('')
}

const fixedConstants: Readonly<Record<string, string>> = {
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
}
const prefixedConstants = {
  vs: 'http://hl7.org/fhir/ValueSet/',
  ext: 'http://hl7.org/fhir/StructureDefinition/',
} as const
const prefixed = /%(?:(["`])(vs|ext)-([^"`]+)\1|(vs|ext)-([A-Za-z0-9.-]*[A-Za-z0-9]))/g
const prefixedInQuotes = /%'(vs|ext)-([^'\\]+)'/g

/** An expression whose constants have names that the engine reads, and their values: profiles write `%vs-x`, with quotes of any kind or without. */
export function withConstants(written: string): {
  readonly expression: string
  readonly constants: Readonly<Record<string, string>>
} {
  const constants: Record<string, string> = { ...fixedConstants }
  const named = (kind: string, name: string): string => {
    constants[`${kind}-${name}`] = prefixedConstants[kind as keyof typeof prefixedConstants] + name
    return `%\`${kind}-${name}\``
  }
  const expression = outsideStrings(
    written.replace(prefixedInQuotes, (_, kind: string, name: string) => named(kind, name)),
    (it) =>
      it.replace(
        prefixed,
        (_, _quote, kind: string | undefined, name: string, bare: string, bareName: string) =>
          kind === undefined ? named(bare, bareName) : named(kind, name),
      ),
  )
  return { expression, constants }
}
