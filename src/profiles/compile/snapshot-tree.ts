import type { SnapshotElement } from '../package/definitions.ts'

/** An element of a snapshot with what stands below it. */
export interface SnapshotBranch {
  readonly element: SnapshotElement
  /** As in JSON; of a choice element without `[x]`. */
  readonly name: string
  readonly choice: boolean
  /** The reference that led here, if the element is what a reference is to. */
  readonly target?: SnapshotElement
  /** By their names. */
  readonly children: Map<string, SnapshotBranch>
  readonly slices: SnapshotBranch[]
}

/** The tree that a snapshot's ids stand for, if it has any; elements whose place is not to be found are left out. */
export function snapshotTree(elements: readonly SnapshotElement[]): SnapshotBranch | undefined {
  const all = new Map<string, SnapshotBranch>()
  let root: SnapshotBranch | undefined
  for (const element of elements) {
    if (typeof element.id !== 'string') return undefined
    const parent = root && parentOf(element.id, all)
    const last = parent ? element.id.slice(parent.element.id.length + 1) : element.id
    const colon = last.indexOf(':')
    const plain = colon === -1 ? last : last.slice(0, colon)
    const choice = plain.endsWith('[x]')
    const name = choice ? plain.slice(0, -3) : plain
    const branch: SnapshotBranch = { element, name, choice, children: new Map(), slices: [] }
    root ??= branch
    if (parent && colon === -1) parent.children.set(name, branch)
    else if (parent) slicedBy(last.slice(colon + 1), parent.children.get(name))?.slices.push(branch)
    all.set(element.id, branch)
  }
  return root
}

/** What a slice is a slice of: the element, or the slice whose name its own begins with. */
function slicedBy(name: string, element: SnapshotBranch | undefined): SnapshotBranch | undefined {
  const slash = name.lastIndexOf('/')
  if (slash === -1) return element
  return nestedSlice(name.slice(0, slash), element)
}

function nestedSlice(name: string, element: SnapshotBranch | undefined): SnapshotBranch | undefined {
  const slash = name.lastIndexOf('/')
  const outer = slash === -1 ? element : nestedSlice(name.slice(0, slash), element)
  return outer?.slices.find(({ element: { id } }) => id.endsWith(`:${name}`))
}

// Names of slices may hold dots.
function parentOf(id: string, all: ReadonlyMap<string, SnapshotBranch>): SnapshotBranch | undefined {
  for (let at = id.lastIndexOf('.'); at !== -1; at = id.lastIndexOf('.', at - 1)) {
    const parent = all.get(id.slice(0, at))
    if (parent) return parent
    if (at === 0) return undefined
  }
  return undefined
}

/** The value of `fixed…` or `pattern…` of an element. */
export function definedValue(
  element: SnapshotElement,
  what: 'fixed' | 'pattern',
): { readonly value: unknown } | undefined {
  for (const [name, value] of Object.entries(element))
    if (name.startsWith(what) && /^[A-Z]/.test(name.slice(what.length))) return { value }
  return undefined
}

/** The URL of the extensions that a slice is about, with the version of their definition if it names one. */
export function extensionUrl({ element, name, children }: SnapshotBranch): string | undefined {
  if (name !== 'extension' && name !== 'modifierExtension') return undefined
  const profile = element.type?.find(({ code }) => code === 'Extension')?.profile?.[0]
  if (profile !== undefined) return profile
  const url = children.get('url')
  const fixed = url && definedValue(url.element, 'fixed')?.value
  return typeof fixed === 'string' ? fixed : undefined
}
