import type { HeaderList } from '../../model/http/exchange.ts'

const mostShared = 1 << 10

/** Headers that are the same in many exchanges are one object, and so are fields: a run may have 100,000 downloads. */
export function openSharedHeaders(): (headers: HeaderList) => HeaderList {
  const lists = new Map<string, HeaderList>()
  const fields = new Map<string, HeaderList[number]>()
  return (headers) =>
    share(
      lists,
      headers.map((it) => share(fields, it)),
    )
}

function share<T extends HeaderList | HeaderList[number]>(known: Map<string, T>, value: T): T {
  const key = JSON.stringify(value)
  const same = known.get(key)
  if (same) return same
  if (known.size === mostShared) known.clear()
  known.set(key, value)
  return value
}
