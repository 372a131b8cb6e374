export { lines } from '../core/lines.ts'
