import type { ElementDefinition } from '../r4/model.ts'

/** What R4 says of a URI beyond the form of its type. */
export type UriRule = 'extension' | 'absolute' | 'system' | 'canonical'

const codedTypes: ReadonlySet<string> = new Set([
  ...['Coding', 'Identifier', 'Quantity', 'Age', 'Count', 'Distance', 'Duration'],
])

/** The rule on an element whose value is a URI; `type` has the element. */
export function uriRuleOf(
  type: string,
  { name, type: of, absolute }: Pick<ElementDefinition, 'name' | 'type' | 'absolute'>,
): UriRule | undefined {
  if (type === 'Extension' && name === 'url') return 'extension'
  if (name === 'system' && codedTypes.has(type)) return 'system'
  return absolute ? 'absolute' : of === 'canonical' ? 'canonical' : undefined
}
