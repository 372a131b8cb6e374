import type { ProviderConfiguration, Release } from '../conduct/configurations.ts'

/** What the releases write differently, for all that reads kick-off requests or writes manifests. */
export interface ReleaseFormat {
  /** Methods of kick-off requests. */
  readonly methods: readonly string[]
  /** Whether commas separate the values of a parameter. */
  readonly commas: boolean
  /** The data type of `includeAssociatedData` in a Parameters resource. */
  readonly associatedData: 'valueCode' | 'valueCoding'
  /** The manifest is that of the logical model: `outcome` in place of `error`, items of these lists without a type, no empty lists. */
  readonly modelled: boolean
}

/** The format of a release, as far as a provider supports it. */
export function releaseFormat(
  release: Release,
  { post }: Pick<ProviderConfiguration, 'post'>,
): ReleaseFormat {
  if (release === '4.0.0-ballot')
    return { methods: ['POST'], commas: false, associatedData: 'valueCoding', modelled: true }
  const methods = post ? ['GET', 'POST'] : ['GET']
  return { methods, commas: true, associatedData: 'valueCode', modelled: false }
}
