import { expect, test } from 'vitest'
import { line } from '../../checks/fixtures/evidence.ts'
import { openProver } from '../../prover/open.ts'
import { addSoundLine } from './line-validity.ts'

const prover = openProver()
const isSound = (text: string) =>
  addSoundLine(line(text), prover.prove(prover.input.write('{}\n'), undefined), 0)

test.each([
  ['a resource with an id', '{"resourceType":"Patient","id":"a","nickname":"b"}', true],
  ['a CR that ends the line', '{"resourceType":"Patient","id":"a"}\r', true],
  ['a byte order mark', '\uFEFF{"resourceType":"Patient","id":"a"}', false],
  ['a CR within the line', '{"resourceType":"Patient",\r"id":"a"}', false],
  ['no id', '{"resourceType":"Patient"}', false],
  ['a type that FHIR does not know', '{"resourceType":"Nothing","id":"a"}', false],
  ['a type that the manifest does not give', '{"resourceType":"Goal","id":"a"}', false],
  ['lastUpdated that is no instant', '{"resourceType":"Patient","id":"a","meta":{"lastUpdated":"x"}}', false],
])('whether a line with %s is reported together with its neighbors', (_, text, expected) => {
  expect(isSound(text)).toBe(expected)
})
