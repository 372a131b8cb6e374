import type { R4Model } from '../../r4/model.ts'
import type { SnapshotBranch } from './snapshot-tree.ts'
import type { ValueSetLookup } from './value-sets.ts'

/** The definitions that telling slices apart reads. */
export interface SliceContext {
  readonly r4: R4Model
  readonly codesOf: ValueSetLookup
  /** The type that a profile or a definition is on, by its canonical URL. */
  readonly typeOf: (url: string) => string | undefined
  /** The snapshot of a profile that a package has. */
  readonly treeOf: (canonical: string) => SnapshotBranch | undefined
}
