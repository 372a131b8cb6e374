import { expect, test } from 'vitest'
import { adviceRules, structureRules } from '../model/fhir/resource-problem.ts'
import { openProver } from '../prover/open.ts'
import { readTables } from '../prover/tables.ts'
import { typescriptProver } from '../prover/typescript.ts'
import { judgedInvariants, invariantsOfWalk } from '../structure/invariants/index.ts'
import { judgeLine } from '../structure/judge-line.ts'
import { structureMutants, invariantSurvivors } from './fixtures/mutants/generate.ts'

const all = [...structureMutants()]
const rules = new Set(all.map((it) => it.rule))

test('mutants are many, of most types, and the same each time', () => {
  expect(all.length).toBeGreaterThan(4000)
  expect(new Set(all.map((it) => it.type)).size).toBeGreaterThan(130)
  let i = 0
  for (const { name, text } of structureMutants()) {
    expect(text, name).toBe(all[i]?.text)
    if (++i === 500) break
  }
})

test('each rule on structure is broken by some of them', () => {
  // R4 itself has no element with another maximum than one or none, and an array in place of one is the rule on arrays.
  const expected = Object.keys({ ...structureRules, ...adviceRules }).filter((it) => it !== 'max')
  expect(expected.filter((it) => !rules.has(it))).toEqual([])
})

test('each invariant that is judged is broken by some of them', () => {
  // dom-2 goes by the name of the rule `contained`; what tst-4 asks for must be there anyway.
  const expected = [...judgedInvariants, ...invariantsOfWalk].filter((it) => it !== 'dom-2' && it !== 'tst-4')
  expect(expected.filter((it) => !rules.has(it))).toEqual([])
})

test('each is caught, where it is wrong and by the rule that it breaks', () => {
  const missed = all.flatMap(({ name, rule, path, text }) => {
    const problems = judgeLine(text, JSON.parse(text))
    if (problems.some((it) => it.rule === rule && it.path === path)) return []
    return [{ name, rule, path, said: problems.map((it) => `${it.rule} ${it.path}`) }]
  })
  expect(missed).toEqual([])
})

const capacity = 4 << 20

test.each([
  ['as it is opened', openProver({ capacity })],
  ['in TypeScript', typescriptProver(readTables(), Buffer.alloc(0), capacity)],
])('none is proven by the prover %s', (_, prover) => {
  const proves = (text: string) => prover.prove(prover.input.write(text), undefined).proven[0] === 1
  expect(proves('{"resourceType":"Basic","id":"x","code":{"text":"x"}}')).toBe(true)
  expect(all.filter(({ text }) => proves(text)).map((it) => it.name)).toEqual([])
})

test('an invariant is not said to be broken where its own expression says that it holds', () => {
  let held = 0
  for (const { name, rule, path, text } of invariantSurvivors()) {
    held++
    const problems = judgeLine(text, JSON.parse(text))
    expect(
      problems.filter((it) => it.rule === rule && it.path === path).map((it) => it.path),
      name,
    ).toEqual([])
  }
  expect(held).toBeGreaterThan(1000)
})
