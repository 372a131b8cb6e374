// `npm ci` and `npm install` in a clone build the program. Without its devDependencies that is impossible, and what was built before stays.
const { execSync } = require('node:child_process')
const { existsSync, rmSync } = require('node:fs')

try {
  require.resolve('typescript/package.json')
} catch {
  if (!existsSync('dist/cli/main.js'))
    console.warn('bulkcheck was not built: that needs its devDependencies (run `npm ci` without --omit=dev)')
  process.exit(0)
}
rmSync('dist', { recursive: true, force: true })
execSync('npm run build', { stdio: 'inherit' })
