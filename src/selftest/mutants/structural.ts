import { elementNames, r4Model } from '../../r4/load.ts'
import type { ElementDefinition } from '../../r4/model.ts'
import { badForms } from './forms.ts'
import { minimal, put } from './minimal.ts'
import { isNode, type Node, type Site } from './sites.ts'

/** A change to one object that breaks one rule. */
export interface Edit {
  readonly rule: string
  /** Where the problem then is. */
  readonly path: string
  /** What the change does, in the same words wherever it does the same. */
  readonly how: string
  readonly apply: (node: Node) => void
}

/** Name that a text is given twice in place of: JavaScript's objects cannot hold a name twice. */
export const twice = '\u0000twice'

/** Everything that can be done to an object to break a rule on structure. */
export function structuralEdits(site: Site): readonly Edit[] {
  return [
    ...ofObject(site),
    ...site.type.elements.flatMap((element) => {
      const value = site.node[element.name]
      const path = `${site.path}.${element.name}`
      const at = { site, element, path }
      if (value === undefined) return [...ofAbsent(at)]
      const primitive = r4Model().primitives.includes(element.type)
      return [...ofPresent(at, value), ...(primitive ? ofPrimitive(at, value) : ofComplex(at, value))]
    }),
  ]
}

interface At {
  readonly site: Site
  readonly element: ElementDefinition
  readonly path: string
}

function* ofObject({ path, type, node, steps }: Site): Generator<Edit> {
  const resource = type.kind === 'resource'
  const add = (how: string, name: string, at: string): Edit => ({
    rule: 'unknown-element',
    path: at,
    how,
    apply: (it) => {
      it[name] = 'x'
    },
  })
  yield add('a name that nothing has', 'zzUnknown', path)
  const foreign = ['valueQuantity', 'birthDate', 'subject', 'given'].find(
    (it) => !(it in node) && !has(type.elements, it),
  )
  if (foreign) yield add('an element of other types', foreign, `${path}.${foreign}`)
  const bare = type.elements.find((it) => it.bare)
  if (bare) yield add('an extension of what has none', `_${bare.name}`, `${path}._${bare.name}`)
  const object = type.elements.find((it) => r4Model().types[it.type] && elementNames().has(it.name))
  if (object) yield add('an underscore before an object', `_${object.name}`, `${path}._${object.name}`)
  yield* ofChoices({ path, type, node })
  if (resource) {
    const wrong = path.endsWith(')') ? path.slice(0, path.lastIndexOf('(')) : 'Resource'
    const types: readonly (readonly [string, unknown])[] = [
      ['a type that nothing has', 'Zz'],
      ['no type', undefined],
      ['a number for a type', 1],
      ['a data type for a type', 'Quantity'],
      ['an abstract type', 'DomainResource'],
    ]
    for (const [how, value] of types)
      yield {
        rule: 'resource-type',
        path: wrong,
        how,
        apply: (it) => {
          if (value === undefined) delete it.resourceType
          else it.resourceType = value
        },
      }
  } else if (steps.length > 0) {
    yield { rule: 'empty', path, how: 'an object emptied', apply: (it) => clear(it) }
    // What extends a primitive may have an id alone, beside a value.
    if (type.name !== 'Element' && has(type.elements, 'id'))
      yield {
        rule: 'ele-1',
        path,
        how: 'an object with an id alone',
        apply: (it) => {
          clear(it)
          it.id = 'x'
        },
      }
  }
}

function* ofChoices({ path, type, node }: Pick<Site, 'path' | 'type' | 'node'>): Generator<Edit> {
  for (const [i, { name, min }] of type.choices.entries()) {
    const all = type.elements.filter((it) => it.choice === i)
    const present = all.filter((it) => it.name in node || `_${it.name}` in node)
    const absent = all.filter((it) => !present.includes(it))
    if (present.length === 0) continue
    if (min > 0 && Object.keys(node).length > present.length)
      yield {
        rule: 'min',
        path: `${path}.${name}[x]`,
        how: 'a choice taken away',
        apply: (it) => {
          for (const one of all) remove(it, one.name)
        },
      }
    for (const other of [absent[0], absent.at(-1)])
      if (other)
        yield {
          rule: 'choice',
          path: `${path}.${other.name}`,
          how: 'a second type of a choice',
          apply: (it) => put(it, other),
        }
  }
}

function* ofAbsent({ site, element, path }: At): Generator<Edit> {
  // Of what is absent a few will do: there is far more of it than of what is present.
  if (site.steps.length > 0 || `_${element.name}` in site.node || element.choice !== undefined) return
  const set = (rule: string, how: string, value: unknown): Edit => ({
    rule,
    path,
    how,
    apply: (it) => {
      it[element.name] = value
    },
  })
  if (element.array) yield set('empty', 'an empty array put in', [])
  else yield set('null', 'null put in', null)
  yield element.array
    ? set('array', 'one put in without its array', minimal(element))
    : set('array', 'an array put in', [minimal(element)])
}

function* ofPresent({ site, element, path }: At, value: unknown): Generator<Edit> {
  const { name, array } = element
  const set = (rule: string, how: string, to: unknown): Edit => ({
    rule,
    path,
    how,
    apply: (it) => {
      it[name] = to
    },
  })
  const others = Object.keys(site.node).filter((it) => it !== name && it !== `_${name}`)
  if (element.min > 0 && others.length > 0)
    yield { rule: 'min', path, how: 'an element taken away', apply: (it) => remove(it, name) }
  yield set('null', 'null in place of an element', null)
  if (Array.isArray(value)) {
    yield set('array', 'the first out of its array', value[0])
    yield set('array', 'an array in the array', [value])
    yield set('empty', 'an array emptied', [])
    const paired = `_${name}` in site.node
    if (!paired) yield set('null', 'a null at the end of an array', [...value, null])
  } else if (!array) {
    yield set('array', 'an element in an array', [value])
    yield set('array', 'an element in an array twice', [value, value])
  }
  yield {
    rule: 'duplicate-key',
    path: site.path,
    how: 'a name written twice',
    apply: (it) => {
      it[twice + name] = value
    },
  }
}

function* ofPrimitive({ element, path }: At, value: unknown): Generator<Edit> {
  const { name, type } = element
  const each = (rule: string, how: string, to: unknown): Edit => ({
    rule,
    path,
    how,
    apply: (it) => {
      it[name] = Array.isArray(value) ? [to, ...value.slice(1)] : to
    },
  })
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (first === null) return
  if (typeof first === 'string') {
    yield each('json-type', `a number for ${type}`, 5)
    yield each('json-type', `true for ${type}`, true)
    yield each('json-type', `an object for ${type}`, { x: 1 })
    yield each('empty', `an empty ${type}`, '')
  } else {
    yield each('json-type', `a string for ${type}`, String(first))
    yield each(
      'json-type',
      `${typeof first === 'number' ? 'true' : 'a number'} for ${type}`,
      typeof first === 'number' ? true : 1,
    )
  }
  if (type === 'xhtml')
    for (const [rule, how, inner] of [
      ['txt-2', 'a narrative without text', ' <br/>'],
      ['txt-1', 'a narrative with a script', '<script>x</script>'],
      ['format', 'a narrative that is not well-formed', '<p>x'],
      ['format', 'a narrative with an entity of HTML', 'x&nbsp;y'],
    ] as const)
      yield each(rule, how, `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`)
  for (const { how, value: bad } of badForms[type] ?? []) yield each('format', how, bad)
  if (element.codes !== undefined) {
    yield each('binding', 'a code that no value set has', 'zz-none')
    if (typeof first === 'string') {
      const upper = first.toUpperCase()
      const codes = r4Model().codes[element.codes] ?? []
      if (!codes.includes(upper)) yield each('binding', 'a code in capitals', upper)
      if (!codes.includes(`${first}s`)) yield each('binding', 'a code with a letter more', `${first}s`)
    }
  }
  if (!element.bare && Array.isArray(value))
    yield {
      rule: 'null',
      path,
      how: 'extensions of more values than there are',
      apply: (it) => {
        const extension = { extension: [{ url: 'http://example.org/x', valueString: 'x' }] }
        it[`_${name}`] = [...value.map(() => null), null, extension]
      },
    }
}

function* ofComplex({ site, element, path }: At, value: unknown): Generator<Edit> {
  const { name, type } = element
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (!isNode(first)) return
  const each = (rule: string, how: string, to: unknown, at = path): Edit => ({
    rule,
    path: at,
    how,
    apply: (it) => {
      it[name] = Array.isArray(value) ? [to, ...value.slice(1)] : to
    },
  })
  yield each('json-type', 'a string for an object', 'x')
  yield each('json-type', 'a number for an object', 5)
  yield each('json-type', 'false for an object', false)
  if (type === 'Reference') {
    yield each('ref-1', 'a reference to nothing contained', { reference: '#zz-none' })
    const wrong = element.targets && ['Schedule', 'Slot'].find((it) => !element.targets?.includes(it))
    const [one = 'Patient', other = 'Group'] = element.targets ?? []
    if (one !== other && element.targets?.length !== 1)
      yield each(
        'reference-target',
        'a type that is not that of the resource referred to',
        { reference: `${one}/1`, type: other },
        `${path}.type`,
      )
    if (wrong) {
      yield each('reference-target', 'a relative reference to another type', { reference: `${wrong}/1` })
      yield each('reference-target', 'an absolute reference to another type', {
        reference: `https://example.org/fhir/${wrong}/1`,
      })
      yield each('reference-target', 'a versioned reference to another type', {
        reference: `${wrong}/1/_history/2`,
      })
      yield each('reference-target', 'another type', { type: wrong, display: 'x' })
    }
  }
  if (element.codes !== undefined && type === 'CodeableConcept')
    yield each('binding', 'a concept of another code', {
      coding: [{ system: 'http://example.org/x', code: 'zz-none' }],
    })
  const [code] = r4Model().codes[element.codes ?? -1] ?? []
  if (element.system !== undefined && type === 'CodeableConcept')
    yield each('binding', 'a concept of another system', {
      coding: [{ system: 'http://example.org/x', code }],
    })
  const inner = r4Model().types[String(first.resourceType)]
  if (name === 'contained' && site.steps.length === 0 && inner && has(inner.elements, 'contained'))
    yield each(
      'contained',
      'a contained resource that contains one',
      { ...first, contained: [{ resourceType: 'Basic', id: 'zz', code: { text: 'x' } }] },
      `${path}(${first.resourceType}).contained`,
    )
}

function has(elements: readonly ElementDefinition[], name: string): boolean {
  return elements.some((it) => it.name === name)
}

function remove(node: Node, name: string): void {
  delete node[name]
  delete node[`_${name}`]
}

function clear(node: Node): void {
  for (const name of Object.keys(node)) delete node[name]
}
