import type { ElementRules } from '../compile/element-rules.ts'
import { addProfileProblem, type ProfileWalk } from './walk.ts'

/** Notes that an element or a slice has too few items. */
export function reportTooFew(walk: ProfileWalk, node: ElementRules, count: number): void {
  const expected = node.label === '' ? `at least ${node.min}` : `at least ${node.min} in ${node.label}`
  addProfileProblem(walk, 'min', { expected, actual: count === 0 ? 'none' : 'fewer' })
}

/** Notes that an element or a slice has too many items. */
export function reportTooMany(walk: ProfileWalk, node: ElementRules): void {
  const expected = node.max === 0 ? 'absent' : `at most ${node.max}`
  const actual = node.max === 0 ? 'present' : 'more'
  addProfileProblem(walk, 'max', {
    expected: node.label === '' ? expected : `${expected} in ${node.label}`,
    actual,
  })
}
