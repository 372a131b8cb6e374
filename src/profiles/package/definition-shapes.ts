/** The expected shape of the part of a JSON value that bulkcheck reads. */
export type JsonShape =
  | 'string'
  | 'number'
  | 'boolean'
  | { readonly list: JsonShape; readonly filled?: true }
  | { readonly object: Readonly<Record<string, JsonShape>>; readonly needs?: readonly string[] }

/** The place of a value; it becomes a path only for a problem. */
interface PathStep {
  readonly within: PathStep | undefined
  readonly name: string
}

/** The first problem of a value in words, or `undefined`: `snapshot.element[3].type is not an array`. */
export function shapeProblem(value: unknown, shape: JsonShape): string | undefined {
  const waiting: {
    readonly value: unknown
    readonly shape: JsonShape
    readonly place: PathStep | undefined
  }[] = [{ value, shape, place: undefined }]
  // Code systems can be deeper than the stack.
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value: it, shape: wanted, place } = next
    if (typeof wanted === 'string') {
      if (typeof it !== wanted) return `${pathOf(place)} is not a ${wanted}`
    } else if ('list' in wanted) {
      if (!Array.isArray(it)) return `${pathOf(place)} is not an array`
      const items: readonly unknown[] = it
      if (wanted.filled && items.length === 0) return `${pathOf(place)} is empty`
      items.forEach((item, at) => {
        waiting.push({ value: item, shape: wanted.list, place: { within: place, name: `[${at}]` } })
      })
    } else {
      if (typeof it !== 'object' || it === null || Array.isArray(it))
        return `${pathOf(place)} is not an object`
      for (const name of wanted.needs ?? [])
        if (!Object.hasOwn(it, name)) return `${pathOf({ within: place, name: `.${name}` })} is missing`
      for (const [name, inner] of Object.entries(wanted.object))
        if (Object.hasOwn(it, name))
          waiting.push({
            value: (it as Readonly<Record<string, unknown>>)[name],
            shape: inner,
            place: { within: place, name: `.${name}` },
          })
    }
  }
  return undefined
}

// Enough names to find the place.
const mostNames = 12

function pathOf(place: PathStep | undefined): string {
  const names: string[] = []
  for (let it = place; it; it = it.within) names.push(it.name)
  const path = names.slice(0, mostNames).reverse().join('').replace(/^\./, '')
  return path === '' ? 'it' : names.length > mostNames ? `…${path}` : path
}

const texts: JsonShape = { list: 'string' }
const extensions: JsonShape = {
  list: {
    object: {
      ...{ url: 'string', valueBoolean: 'boolean', valueString: 'string' },
      ...{ valueUrl: 'string', valueUri: 'string', valueCanonical: 'string' },
    },
    needs: ['url'],
  },
}

// The code may be there by an extension alone.
const elementType: JsonShape = {
  object: {
    code: 'string',
    _code: { object: { extension: extensions } },
    ...{ profile: texts, targetProfile: texts, aggregation: texts, extension: extensions },
  },
}

const element: JsonShape = {
  object: {
    ...{ id: 'string', path: 'string', sliceName: 'string', min: 'number', max: 'string' },
    base: {
      object: { path: 'string', min: 'number', max: 'string' },
      needs: ['path', 'min', 'max'],
    },
    type: { list: elementType },
    contentReference: 'string',
    maxLength: 'number',
    constraint: {
      list: {
        object: {
          key: 'string',
          severity: 'string',
          human: 'string',
          expression: 'string',
          source: 'string',
        },
        needs: ['key', 'severity', 'human'],
      },
    },
    binding: { object: { strength: 'string', valueSet: 'string', extension: extensions } },
    ...{ mustSupport: 'boolean', isModifier: 'boolean' },
    slicing: {
      object: {
        discriminator: { list: { object: { type: 'string', path: 'string' }, needs: ['type', 'path'] } },
        rules: 'string',
        ordered: 'boolean',
      },
    },
    extension: extensions,
  },
  needs: ['id', 'path'],
}

const concept: JsonShape & { readonly object: Record<string, JsonShape> } = {
  object: {
    ...{ code: 'string', display: 'string' },
    property: { list: { object: { code: 'string' }, needs: ['code'] } },
  },
  needs: ['code'],
}
concept.object.concept = { list: concept }

const conceptSet: JsonShape = {
  object: {
    ...{ system: 'string', version: 'string', valueSet: texts },
    concept: { list: { object: { code: 'string' }, needs: ['code'] } },
    filter: {
      list: {
        object: { property: 'string', op: 'string', value: 'string' },
        needs: ['property', 'op', 'value'],
      },
    },
  },
}

const expanded: JsonShape & { readonly object: Record<string, JsonShape> } = {
  object: { system: 'string', code: 'string', abstract: 'boolean' },
}
expanded.object.contains = { list: expanded }

/** The expected shapes of definitions by kind. */
export const definitionShapes = {
  StructureDefinition: {
    object: {
      ...{
        url: 'string',
        version: 'string',
        title: 'string',
        name: 'string',
        type: 'string',
        kind: 'string',
      },
      ...{ abstract: 'boolean', derivation: 'string', baseDefinition: 'string', fhirVersion: 'string' },
      snapshot: { object: { element: { list: element, filled: true } }, needs: ['element'] },
      context: {
        list: { object: { type: 'string', expression: 'string' }, needs: ['type', 'expression'] },
      },
      contextInvariant: texts,
    },
    needs: ['url', 'name', 'type'],
  },
  ValueSet: {
    object: {
      ...{ url: 'string', version: 'string' },
      compose: {
        object: { include: { list: conceptSet }, exclude: { list: conceptSet }, inactive: 'boolean' },
      },
      expansion: {
        object: {
          ...{ total: 'number', offset: 'number' },
          contains: { list: expanded },
          parameter: { list: { object: { name: 'string' }, needs: ['name'] } },
        },
      },
    },
    needs: ['url'],
  },
  CodeSystem: {
    object: {
      ...{ url: 'string', version: 'string', content: 'string', caseSensitive: 'boolean' },
      ...{ hierarchyMeaning: 'string', supplements: 'string' },
      property: { list: { object: { code: 'string', uri: 'string', type: 'string' }, needs: ['code'] } },
      concept: { list: concept },
    },
    needs: ['url'],
  },
} as const satisfies Readonly<Record<string, JsonShape>>
