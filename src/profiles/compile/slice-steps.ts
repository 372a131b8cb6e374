import { canonicalUrl } from '../package/definitions.ts'
import type { DiscriminatorStep } from './discriminator-path.ts'
import type { SliceStep } from './element-rules.ts'
import type { SliceContext } from './slice-context.ts'
import { extensionUrl, type SnapshotBranch } from './snapshot-tree.ts'

/** An element below a slice, and the way to it in JSON. */
export interface Spot {
  readonly branch: SnapshotBranch
  readonly steps: readonly SliceStep[]
}

/** The element that a step leads to, in the snapshot or else in the only profile of the element's type. */
export function stepInto(
  { branch, steps }: Spot,
  step: DiscriminatorStep,
  around: SliceContext,
): Spot | undefined {
  if (step.kind === 'resolve') {
    const profile = soleOf(branch.element.type?.flatMap(({ targetProfile }) => targetProfile ?? []))
    const target = profile === undefined ? undefined : around.treeOf(profile)
    // Its types are known though nothing else of it may be.
    const branchOfTarget = target ?? { ...branch, children: new Map(), slices: [] }
    return { branch: { ...branchOfTarget, target: branch.element }, steps: [...steps, { kind: 'resolve' }] }
  }
  if (step.kind === 'extension') {
    const slices = childOf(branch, 'extension', around)?.slices ?? []
    const slice = slices.find((it) => canonicalUrl(extensionUrl(it) ?? '') === step.url)
    const found = slice && slice.children.size > 0 ? slice : (around.treeOf(step.url) ?? slice)
    return found && { branch: found, steps: [...steps, step] }
  }
  if (step.kind === 'type') {
    const type = branch.element.type?.filter(({ code }) => code === step.type) ?? []
    if (!branch.choice) return { branch, steps }
    const slice = branch.slices.find((it) => soleOf(it.element.type?.map(({ code }) => code)) === step.type)
    const at = steps.slice(0, -1)
    return {
      branch: slice ?? { ...branch, choice: false, element: { ...branch.element, type } },
      steps: [...at, named(`${branch.name}${capitalized(step.type)}`)],
    }
  }
  const child = childOf(branch, step.name, around)
  return child && { branch: child, steps: [...steps, childStep(child)] }
}

function childOf(branch: SnapshotBranch, name: string, around: SliceContext): SnapshotBranch | undefined {
  const own = branch.children.get(name)
  if (own || branch.children.size > 0) return own
  const profile = soleOf(branch.element.type?.flatMap((it) => it.profile ?? []))
  return profile === undefined ? undefined : around.treeOf(profile)?.children.get(name)
}

/** The step to an element: a choice element has one of several names in JSON. */
export function childStep({ choice, name, element }: SnapshotBranch): SliceStep {
  if (!choice) return named(name)
  const types = element.type?.map(({ code }) => code) ?? []
  return { kind: 'child', names: types.map((it) => childName(name + capitalized(it), it)) }
}

function childName(name: string, type?: string) {
  return { name, underscoreName: `_${name}`, type }
}

/** The step to an element that is no choice element. */
export function named(name: string): SliceStep {
  return { kind: 'child', names: [childName(name)] }
}

function soleOf<T>(all: readonly T[] | undefined): T | undefined {
  return all?.length === 1 ? all[0] : undefined
}

/** A name with its first letter in upper case. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
