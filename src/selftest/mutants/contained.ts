import type { Node, Site } from './sites.ts'
import type { Edit } from './structural.ts'

/** Everything that can be done to a resource to break what is asked of those that it contains. */
export function containedEdits({ path, type, steps }: Site): readonly Edit[] {
  if (steps.length > 0 || !type.elements.some((it) => it.name === 'contained')) return []
  const edit = (rule: string, how: string, resource: Node, refer: boolean): Edit => ({
    rule,
    path,
    how,
    apply: (it) => {
      it.contained = [
        ...list(it.contained),
        { resourceType: 'Basic', id: 'zz', code: { text: 'x' }, ...resource },
      ]
      const extension = { url: 'http://example.org/x', valueReference: { reference: '#zz' } }
      if (refer) it.extension = [...list(it.extension), extension]
    },
  })
  return [
    edit('dom-3', 'contained and not referred to', {}, false),
    edit('dom-4', 'contained with a version', { meta: { versionId: '1' } }, true),
    edit('dom-4', 'contained with lastUpdated', { meta: { lastUpdated: '2020-01-01T00:00:00Z' } }, true),
    edit('dom-5', 'contained with a security label', { meta: { security: [{ code: 'x' }] } }, true),
  ]
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
