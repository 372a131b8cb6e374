/** One step of a discriminator's path. */
export type DiscriminatorStep =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'type'; readonly type: string }

const step =
  /^(?:\$this|(resolve)\(\)|extension\(\s*['"]([^'"]+)['"]\s*\)|(?:ofType|as)\(\s*(?:FHIR\.)?([A-Za-z]+)\s*\)|([A-Za-z]\w*)(?:\[x\])?)(?:\.|$)/

/** The steps of a path in the part of FHIRPath that discriminators may use; `undefined` if it has others. */
export function discriminatorSteps(path: string): readonly DiscriminatorStep[] | undefined {
  const steps: DiscriminatorStep[] = []
  for (let rest = path.trim(); rest !== ''; ) {
    const found = step.exec(rest)
    if (!found) return undefined
    const [whole, resolve, url, type, name] = found
    if (resolve !== undefined) steps.push({ kind: 'resolve' })
    else if (url !== undefined) steps.push({ kind: 'extension', url })
    else if (type !== undefined) steps.push({ kind: 'type', type })
    else if (name !== undefined) steps.push({ kind: 'child', name })
    rest = rest.slice(whole.length)
  }
  return steps
}
