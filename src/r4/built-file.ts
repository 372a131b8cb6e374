import { readFileSync } from 'node:fs'

/** What the build wrote into a file of `dist/r4`. Throws words for who has not built. */
export function readBuiltJson<T>(name: string): T {
  // Two folders up is the package, from src and from dist alike.
  const url = new URL(`../../dist/r4/${name}`, import.meta.url)
  try {
    return JSON.parse(readFileSync(url, 'utf8')) as T
  } catch (error) {
    throw new Error(`dist/r4/${name} cannot be read: npm run build compiles it.`, { cause: error })
  }
}
