import { canonicalUrl, type StructureDefinition } from '../package/definitions.ts'
import type { CompileContext, ElementContext } from './element-constraints.ts'
import type { ContextInvariant, ExtensionContext } from './element-rules.ts'
import { extensionUrl, type SnapshotBranch } from './snapshot-tree.ts'

/** Where an extension may be used. */
export function contextOf(
  { type, context }: StructureDefinition,
  { compiler }: CompileContext,
): ExtensionContext | undefined {
  if (type !== 'Extension' || !context || context.length === 0) return undefined
  const of = (kind: string) => context.filter((it) => it.type === kind).map(({ expression }) => expression)
  return {
    elements: new Set(of('element')),
    extensions: new Set(of('extension').map(canonicalUrl)),
    paths: of('fhirpath').map((expression) => ({ expression, select: compiler.selection(expression) })),
  }
}

/** What is true of the elements where an extension may be used. */
export function contextInvariantsOf(
  { type, contextInvariant = [] }: StructureDefinition,
  { around, constraints, noteNotChecked: not }: ElementContext,
): readonly ContextInvariant[] {
  return (type === 'Extension' ? contextInvariant : []).flatMap((expression) => {
    const evaluate = around.compiler.constraint(expression)
    if (typeof evaluate !== 'string')
      return [{ expression, evaluate, at: constraints.push({ path: type, key: 'contextInvariant' }) - 1 }]
    not(type, 'contextInvariant', evaluate)
    return []
  })
}

/** The relative URLs of the extensions that the definition of an extension has for one of its elements. */
export function partsOf(
  { name, element, slices }: SnapshotBranch,
  type: string,
): ReadonlySet<string> | undefined {
  if (name !== 'extension' || element.sliceName !== undefined || type !== 'Extension') return undefined
  if (element.slicing?.rules === 'closed' || element.max === '0') return undefined
  const urls = slices.map(extensionUrl)
  // A slice without its URL may be any part.
  if (urls.includes(undefined)) return undefined
  return new Set(urls.filter((it) => it !== undefined && !it.includes(':')) as string[])
}
