/** Random numbers that are the same for the same seed. */
export type Random = (below: number) => number

/** A generator of random numbers (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

const bits = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ' ',
  '\t',
  '0',
  '1',
  '-',
  '.',
  'e',
  'E9',
  '#',
  '/',
  'null',
  'true',
  'false',
  '""',
  '{}',
  '[]',
  '[null]',
  '\\u0041',
  '\\ud83d\\ude00',
  '\\ud83d',
  '\\/',
  '\\n',
  'é',
  '😀',
  'Z',
  '+14:00',
  '-05:00',
  ':60',
  '24:',
  '"id":"x",',
  '"extension":[],',
  '"_',
  'T',
  '00',
  '999999999999',
  '1e400',
  '0.1',
  ',"resourceType":"Patient"',
  'Patient/1',
  '/_history/1',
  '/Group/2',
  '#a',
  'urn:uuid:',
  'http://a/',
  'entered-in-error',
  '<p>',
  '</p>',
  '<br/>',
  '<script>',
  '&amp;',
  '&nbsp;',
  '&#32;',
  ' class=\\"a\\"',
  " id='a'",
  ' onclick=\\"a\\"',
  ']]>',
  '<!-- -->',
  '\\u003c',
  '\\ufffe',
] // prettier-ignore

type Json = Record<string, unknown>

/** A line that is a resource, changed in one to three places: bytes, spans, names, values or the structure. */
export function mutated(line: string, random: Random, pool: readonly string[]): string {
  let text = line
  const edits = 1 + random(3)
  for (let i = 0; i < edits; i++)
    text = random(3) === 0 ? structural(text, random, pool) : textual(text, random)
  // Half a character is none in UTF-8.
  return Buffer.from(text).toString().replaceAll('\n', ' ')
}

function textual(text: string, random: Random): string {
  const at = random(text.length + 1)
  const end = Math.min(text.length, at + 1 + random(random(4) === 0 ? 60 : 4))
  switch (random(5)) {
    case 0:
      return text.slice(0, at) + text.slice(end)
    case 1:
      return text.slice(0, end) + text.slice(at)
    case 2:
      return text.slice(0, at) + bits[random(bits.length)] + text.slice(at)
    case 3:
      return text.slice(0, at) + bits[random(bits.length)] + text.slice(end)
    default:
      return swapped(text, random)
  }
}

// Two strings change places: names with values, codes with texts.
function swapped(text: string, random: Random): string {
  const strings = [...text.matchAll(/"[^"\\]*"/g)]
  const a = strings[random(strings.length)]
  const b = strings[random(strings.length)]
  if (!a || !b || a.index >= b.index) return text
  const between = text.slice(a.index + a[0].length, b.index)
  return text.slice(0, a.index) + b[0] + between + a[0] + text.slice(b.index + b[0].length)
}

function structural(text: string, random: Random, pool: readonly string[]): string {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Edited before, it is no JSON any more.
    return textual(text, random)
  }
  const objects: Json[] = []
  collect(json, objects)
  const object = objects[random(objects.length)]
  const name = object && Object.keys(object)[random(Object.keys(object).length)]
  if (!object || name === undefined) return text
  edit(object, name, { random, others: objects, pool })
  return JSON.stringify(json)
}

function collect(value: unknown, into: Json[]): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) into.push(value as Json)
  for (const it of Object.values(value)) collect(it, into)
}

const extended = { extension: [{ url: 'a', valueString: 'b' }] }
const beside = [null, { id: 'a' }, extended, null, { id: 'a', ...extended }]

interface Editing {
  readonly random: Random
  readonly others: readonly Json[]
  readonly pool: readonly string[]
}

function edit(object: Json, name: string, { random, others, pool }: Editing): void {
  const value = object[name]
  const other = others[random(others.length)] ?? object
  switch (random(12)) {
    case 0:
      delete object[name]
      return
    case 1:
      object[name] = Array.isArray(value) ? value[0] : [value]
      return
    case 2:
      object[name] = Array.isArray(value) ? [...value, null] : null
      return
    case 3:
      object[`_${name}`] = structuredClone(
        Array.isArray(value) ? beside.slice(random(3), 3 + random(3)) : beside[random(5)],
      )
      return
    case 4:
      object[pool[random(pool.length)] ?? name] = structuredClone(value)
      return
    case 5:
      object[name] = structuredClone(Object.values(other)[0])
      return
    case 6:
      delete object[name]
      object[name] = value
      return
    case 7:
      if (Array.isArray(value)) value.push(...structuredClone(value))
      else object[name] = ['', 0, -1, true, {}, 'entered-in-error', '#a', '2020', 'Patient/a b'][random(9)]
      return
    case 8:
      // It looks like a type of a choice.
      object[`${pool[random(pool.length)]}Foo`] = structuredClone(value)
      return
    case 9: {
      const rest = Object.entries(object)
      for (const [it] of rest) delete object[it]
      object[`_${pool[random(pool.length)]}`] = structuredClone(beside[random(5)])
      Object.assign(object, Object.fromEntries(rest))
      return
    }
    case 10:
      typed(others, random)
      return
    default:
      Object.assign(object, structuredClone(other))
  }
}

// References say what they are to, before or after, and rightly or not.
function typed(objects: readonly Json[], random: Random): void {
  for (const it of objects) {
    if (typeof it.reference !== 'string' || random(3) === 0) continue
    const own = it.reference.split('/').at(-2) ?? ''
    const type = [own, own, 'Patient', 'Practitioner', 'Group', 'Thing'][random(6)]
    const { reference, ...rest } = it
    for (const name in it) delete it[name]
    Object.assign(it, random(2) === 0 ? { type, reference, ...rest } : { ...rest, reference, type })
  }
}
