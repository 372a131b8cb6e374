import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { forEachLine } from './lines.ts'
import { type PeerName, peers } from './peers.ts'
import { stopwatch } from './measurement.ts'

// Measures one peer on every line of a folder, after loading it: `node peer.js NAME FOLDER`

const [name = '', folder = ''] = process.argv.slice(2)
const valid = await peers[name as PeerName]()
const files = readdirSync(folder).map((it) => join(folder, it))
// Some peers compile a validator at the first line of a type: that happens before the time starts.
for (const path of files) {
  let first = true
  forEachLine(path, (line) => {
    if (first) valid(line)
    first = false
  })
}
let lines = 0
let invalid = 0
const report = stopwatch()
for (const path of files)
  forEachLine(path, (line) => {
    lines += 1
    if (!valid(line)) invalid += 1
  })
report({ lines, invalid })
