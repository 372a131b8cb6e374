export { feedsIn, lines } from '../core/lines.ts'
