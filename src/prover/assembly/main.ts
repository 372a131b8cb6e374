export { countLineFeeds, proveLines } from '../core/lines.ts'
