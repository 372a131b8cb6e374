import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { r4Model } from '../../r4/load.ts'
import { explain } from '../../structure/explain.ts'
import { isNode, type Node } from './sites.ts'

const largest = 16_000
const perType = 2
const candidates = 40

let read: readonly Node[] | undefined

/** Examples of FHIR R4's own in which nothing is wrong, two of each type where there are as many: the largest of moderate size. Read once. */
export function bases(): readonly Node[] {
  read ??= chosen()
  return read
}

function chosen(): readonly Node[] {
  const folder = dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'))
  const names = readdirSync(folder).sort()
  return r4Model().resources.flatMap((type) => {
    const ofType = names
      .filter((it) => it.startsWith(`${type}-`) && it.endsWith('.json'))
      .slice(0, candidates)
    const valid: Node[] = []
    for (const { name } of ofType
      .map((name) => ({ name, size: statSync(join(folder, name)).size }))
      .filter(({ size }) => size <= largest)
      .sort((a, b) => b.size - a.size)) {
      const example: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'))
      if (!isNode(example) || example.resourceType !== type) continue
      if (explain(example).length === 0) valid.push(example)
      if (valid.length === perType) break
    }
    return valid
  })
}
