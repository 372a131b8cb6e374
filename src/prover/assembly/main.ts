export { countLineFeeds, proveLines } from '../core/prove-lines.ts'
